import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node, onnxBytes, port, weights } from '../../../test/unit/onnxBytes';
import { prepareModel } from '../../model/prepared';
import { trainedNames } from '../../model/trained';
import { readModel } from '../../onnx/read';
import type { ParameterTensor } from '../objective';
import type { WeightLayout } from './otherWeights';
import { layoutOf, readWeights } from './otherWeights';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-other-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Weights = NonNullable<Parameters<typeof onnxBytes>[0]['initializer']>;

const A = Array.from({ length: 16 }, (_, i) => Math.sin(1 + 3 * i));
const B = Array.from({ length: 16 }, (_, i) => Math.cos(2 + 5 * i));
const MEAN = [0.5, -1, 0.25, 2];
const VARIANCE = [1.5, 0.5, 2, 3];

const NAMES: readonly string[] = ['a', 's', 't', 'm', 'v', 'b'];

/** x·A, BatchNormalization, ·B. */
function write(name: string, initializer: Weights, names = NAMES): string {
  const [a, s, t, m, v, b] = names;
  const bytes = onnxBytes({
    node: [
      node('MatMul', ['x', a], ['h']),
      node('BatchNormalization', ['h', s, t, m, v], ['k']),
      node('MatMul', ['k', b], ['y']),
    ],
    initializer,
    input: [port('x', ['batch', 4])],
    output: [port('y', ['batch', 4])],
  });
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

function tensors(shift: number, [a, s, t, m, v, b] = NAMES): Weights {
  const moved = (values: number[]) => values.map((value) => value + shift);
  return [
    weights(a, [4, 4], moved(A)),
    weights(s, [4], moved([1, 2, 3, 4])),
    weights(t, [4], moved([4, 3, 2, 1])),
    weights(m, [4], moved(MEAN)),
    weights(v, [4], moved(VARIANCE)),
    weights(b, [4, 4], moved(B)),
  ];
}

/** The layout of a file, with θ in the order of use. */
async function layoutOfFile(path: string, globs: string[] = []): Promise<WeightLayout> {
  const prepared = prepareModel(await readModel(path));
  const trained = trainedNames(prepared, globs, path);
  let offset = 0;
  const parameters = trained.map((name): ParameterTensor => {
    const { shape } = prepared.source.initializers.get(name)!;
    const count = shape.reduce((product, size) => product * size, 1);
    offset += count;
    return { name, shape, count, offset: offset - count, filters: null };
  });
  return layoutOf({ prepared, trained }, parameters, globs);
}

const float = (values: number[]) => Array.from(Float32Array.from(values));
const inOrder = (shift: number) => float([...A, 1, 2, 3, 4, 4, 3, 2, 1, ...B].map((value) => value + shift));

describe('weights of another file', () => {
  it('match by name and shape, whatever their order in the file', async () => {
    const like = await layoutOfFile(write('own.onnx', tensors(0)));
    const read = await readWeights(write('other.onnx', tensors(0.5).reverse()), like);
    expect(Array.from(read.theta)).toEqual(inOrder(0.5));
    expect(read.statistics.map(({ name }) => name)).toEqual(['m', 'v']);
    expect(Array.from(read.statistics[0].values)).toEqual(float(MEAN.map((value) => value + 0.5)));
    expect(Array.from(read.statistics[1].values)).toEqual(float(VARIANCE.map((value) => value + 0.5)));
  });

  it('match by their order where the names differ, and by name where only some do', async () => {
    const like = await layoutOfFile(write('own.onnx', tensors(0)));
    for (const names of [
      ['onnx::1', 'g', 'c', 'mu', 'sigma', 'onnx::2'],
      ['a', 's', 't', 'other', 'one', 'last'],
    ]) {
      const read = await readWeights(write('other.onnx', tensors(0.25, names), names), like);
      expect(Array.from(read.theta)).toEqual(inOrder(0.25));
      expect(Array.from(read.statistics[1].values)).toEqual(float(VARIANCE.map((value) => value + 0.25)));
    }
  });

  it('are read under their own names where the other model has two equal ones', async () => {
    const like = await layoutOfFile(write('own.onnx', tensors(0)));
    const equal = tensors(0.5).map((each) => (each.name === 'b' ? weights('b', [4, 4], A) : each));
    const read = await readWeights(write('other.onnx', [...equal.slice(1), weights('a', [4, 4], A)]), like);
    expect(Array.from(read.theta.subarray(0, 16))).toEqual(float(A));
    expect(Array.from(read.theta.subarray(24))).toEqual(float(A));
  });

  it('move only where the globs say so', async () => {
    const like = await layoutOfFile(write('own.onnx', tensors(0)), ['b', 'm']);
    expect(like.parameters.map(({ name }) => name)).toEqual(['m', 'b']);
    const weightsOnly = await layoutOfFile(write('own.onnx', tensors(0)), ['b']);
    expect(weightsOnly.statistics).toEqual([]);
    const read = await readWeights(write('other.onnx', tensors(1)), weightsOnly);
    expect(Array.from(read.theta)).toEqual(float(B.map((value) => value + 1)));
  });

  it('are refused where a tensor that changed counts as a constant here, which is said', async () => {
    // Zeros and ones before a scale look like what an exporter writes for a plain standardization.
    const write2 = (name: string, scale: number[]) => {
      const bytes = onnxBytes({
        node: [
          node('BatchNormalization', ['x', 's', 't', 'm', 'v'], ['k']),
          node('Mul', ['k', 'g'], ['h']),
          node('MatMul', ['h', 'b'], ['y']),
        ],
        initializer: [
          ...tensors(0).filter((each) => each.name !== 'a' && each.name !== 's' && each.name !== 't'),
          weights('s', [4], scale),
          weights('t', [4], [0, 0, 0, 0]),
          weights('g', [4], [2, 3, 4, 5]),
        ],
        input: [port('x', ['batch', 4])],
        output: [port('y', ['batch', 4])],
      });
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const like = await layoutOfFile(write2('own.onnx', [1, 1, 1, 1]));
    expect(like.trained.map(({ name }) => name)).not.toContain('s');
    await expect(readWeights(write2('other.onnx', [1, 2, 1, 1]), like)).rejects.toThrow(
      /a parameter there and a constant here: s \[4\]/,
    );
  });

  it('of another architecture are refused, naming what differs', async () => {
    const like = await layoutOfFile(write('own.onnx', tensors(0)));
    const wider = tensors(0).map((each) => (each.name === 'b' ? weights('b', [4, 3], B.slice(0, 12)) : each));
    await expect(readWeights(write('wide.onnx', wider), like)).rejects.toThrow(/b \[4, 3\], here \[4, 4\]/);
    const bytes = onnxBytes({
      node: [node('MatMul', ['x', 'a'], ['y'])],
      initializer: tensors(0).slice(0, 1),
      input: [port('x', ['batch', 4])],
      output: [port('y', ['batch', 4])],
    });
    writeFileSync(join(folder, 'short.onnx'), bytes);
    await expect(readWeights(join(folder, 'short.onnx'), like)).rejects.toThrow(/only here: b \[4, 4\]/);
    await expect(
      readWeights(write('own.onnx', tensors(0)), await layoutOfFile(join(folder, 'short.onnx'))),
    ).rejects.toThrow(/only there: b \[4, 4\]/);
  });
});
