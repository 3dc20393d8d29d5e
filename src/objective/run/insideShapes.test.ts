import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { node, sourceGraph, weights } from '../../../test/unit/sourceGraph';
import { npzFile } from '../../data/testing/npyFile';
import type { SourceNode } from '../../graph/source';
import type { Tensor } from '../../graph/tensor';
import { sizeOf, tensor } from '../../graph/tensor';
import { gaussianVector, random } from '../../numerics/random';
import { norm } from '../../numerics/vectors';
import { writeModel } from '../../onnx/write';
import { resolveOptions } from '../../options/presets';
import type { LossName } from '../../options/options';
import { openObjective } from '../open/openObjective';
import type { Objective } from '../objective';

/*
 * The truth of ‖∂L/∂h‖ is the gradient of a parameter: a tensor of zeros with the shape of h for all samples is added to
 * h in a copy of the model, and trained.
 */

const SAMPLES = 6;
let folder: string;
let opened: Objective[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-inside-'));
});
afterEach(async () => {
  for (const objective of opened) await objective.dispose();
  opened = [];
});
afterAll(() => rm(folder, { recursive: true }));

interface Model {
  nodes: readonly SourceNode[];
  initializers: Readonly<Record<string, Tensor>>;
  /** Of one sample. */
  x: readonly number[];
  y: readonly number[];
  loss: LossName;
}

const numbersOf = (name: string, shape: readonly number[]) =>
  tensor('float32', shape, [...gaussianVector(sizeOf(shape), random(3, name))]);

async function open({ nodes, initializers, x, y, loss }: Model): Promise<Objective> {
  const name = `${opened.length}`;
  const classes = loss === 'cross_entropy';
  const target = classes
    ? tensor(
        'int64',
        [SAMPLES],
        Array.from({ length: SAMPLES }, (_, i) => i % y[0]),
      )
    : loss === 'bce_with_logits'
      ? tensor(
          'float32',
          [SAMPLES, ...y],
          Array.from({ length: SAMPLES * sizeOf(y) }, (_, i) => i % 2),
        )
      : numbersOf('target', [SAMPLES, ...y]);
  const [model, data] = [join(folder, `${name}.onnx`), join(folder, `${name}.npz`)];
  const graph = sourceGraph({
    nodes,
    initializers,
    inputs: [{ name: 'x', dtype: 'float32', shape: [SAMPLES, ...x] }],
    outputs: ['y'],
  });
  const outputs = [{ name: 'y', dtype: 'float32' as const, shape: [SAMPLES, ...y] }];
  await writeFile(model, writeModel({ graph: { ...graph, outputs }, opset: 17 }).bytes);
  await writeFile(data, npzFile({ x: numbersOf('x', [SAMPLES, ...x]), target }));
  const options = resolveOptions({ data, batch: SAMPLES, loss, provider: 'cpu', threads: 1 });
  const { objective } = await openObjective(model, options);
  opened.push(objective);
  return objective;
}

/** ‖∂L/∂h‖ as the gradient of zeros that are added to a tensor of the model. */
async function truthAt(model: Model, h: string, shape: readonly number[]): Promise<number> {
  const nodes = model.nodes.map((each) => ({ ...each, inputs: each.inputs.map((i) => (i === h ? `${h} moved` : i)) }));
  const at = model.nodes.findIndex(({ outputs }) => outputs.includes(h)) + 1;
  const added = { ...node('Add', 'a b', 'c'), inputs: [h, 'zeros'], outputs: [`${h} moved`] };
  nodes.splice(at, 0, added);
  const zeros = tensor('float32', shape, new Array<number>(sizeOf(shape)).fill(0));
  const objective = await open({ ...model, nodes, initializers: { ...model.initializers, zeros } });
  const { offset, count } = objective.parameters.find(({ name }) => name === 'zeros')!;
  return norm((await objective.gradient()).subarray(offset, offset + count));
}

const close = (value: number | null | undefined, truth: number) => {
  expect(truth).toBeGreaterThan(0);
  expect(Math.abs((value ?? NaN) / truth - 1)).toBeLessThan(1e-4);
};

describe('the gradient inside a network', () => {
  it('of convolutions is that of their activations, channel by channel', async () => {
    const model: Model = {
      nodes: [
        node('Conv', 'x w1', 'z1', { pads: [1, 1, 1, 1] }),
        node('Relu', 'z1', 'h1'),
        node('Conv', 'h1 w2', 'z2'),
        node('Relu', 'z2', 'h2'),
        node('GlobalAveragePool', 'h2', 'p'),
        node('Flatten', 'p', 'f'),
        node('MatMul', 'f w3', 'y'),
      ],
      initializers: { w1: weights('w1', [4, 2, 3, 3]), w2: weights('w2', [5, 4, 3, 3]), w3: weights('w3', [5, 3]) },
      x: [2, 6, 6],
      y: [3],
      loss: 'cross_entropy',
    };
    const found = (await (await open(model)).inside())!;
    expect(found.depths.map(({ layer, depth, units }) => [layer, depth, units])).toEqual([
      ['Relu of h1', 1, 4],
      ['Relu of h2', 2, 5],
    ]);
    close(found.depths[0].gradientNorm, await truthAt(model, 'h1', [SAMPLES, 4, 6, 6]));
    close(found.depths[1].gradientNorm, await truthAt(model, 'h2', [SAMPLES, 5, 4, 4]));
    expect(found.activations.map(({ units }) => units)).toEqual([4, 5]);
  });

  it('of attention with residual sums is that of the sums', async () => {
    const model: Model = {
      nodes: [
        node('MatMul', 'x e', 'h0'),
        node('MatMul', 'h0 q', 'queries'),
        node('MatMul', 'h0 k', 'keys'),
        node('Transpose', 'keys', 'keysT', { perm: [0, 2, 1] }),
        node('MatMul', 'queries keysT', 'scores'),
        node('Softmax', 'scores', 'shares', { axis: -1 }),
        node('MatMul', 'h0 v', 'values'),
        node('MatMul', 'shares values', 'mixed'),
        node('Add', 'h0 mixed', 'h1'),
        node('MatMul', 'h1 u', 'wide'),
        node('Sigmoid', 'wide', 'share'),
        node('Mul', 'wide share', 'bent'),
        node('MatMul', 'bent d', 'narrow'),
        node('Add', 'h1 narrow', 'h2'),
        node('MatMul', 'h2 o', 'y'),
      ],
      initializers: {
        e: weights('e', [3, 4]),
        q: weights('q', [4, 4], 0.3),
        k: weights('k', [4, 4], 0.3),
        v: weights('v', [4, 4]),
        u: weights('u', [4, 8]),
        d: weights('d', [8, 4]),
        o: weights('o', [4, 2]),
      },
      x: [5, 3],
      y: [5, 2],
      loss: 'mse',
    };
    const found = (await (await open(model)).inside())!;
    expect(found.trunk).toBe(true);
    expect(found.depths.map(({ layer }) => layer)).toEqual(['MatMul of h0', 'Add of h1', 'Add of h2']);
    for (const [i, h] of ['h0', 'h1', 'h2'].entries()) {
      close(found.depths[i].gradientNorm, await truthAt(model, h, [SAMPLES, 5, 4]));
    }
    expect(found.activations.map(({ kind, operator }) => [kind, operator])).toEqual([
      ['attention', 'attention'],
      ['gated', 'SiLU'],
    ]);
  });

  it('of tied weights and of a binary loss counts every use', async () => {
    const model: Model = {
      nodes: [
        node('MatMul', 'x w', 'z'),
        node('Tanh', 'z', 'h'),
        node('Transpose', 'w', 'wT', { perm: [1, 0] }),
        node('MatMul', 'h wT', 'y'),
      ],
      initializers: { w: weights('w', [4, 3]) },
      x: [4],
      y: [4],
      loss: 'bce_with_logits',
    };
    const found = (await (await open(model)).inside())!;
    close(found.depths[0].gradientNorm, await truthAt(model, 'h', [SAMPLES, 3]));
    expect(found.activations).toMatchObject([{ kind: 'bounded', operator: 'tanh' }]);
  });
});

describe('the gradient over time', () => {
  const [steps, hidden] = [5, 3];
  /** The samples on the middle axis, as recurrent layers read them. */
  const recurrent = (op: 'LSTM' | 'GRU', gates: number, direction = 'forward', lengths = false): Model => {
    const both = direction === 'bidirectional' ? 2 : 1;
    return {
      nodes: [
        node('Transpose', 'x', 'sequence', { perm: [1, 0, 2] }),
        node(op, `sequence w r${lengths ? ' . lengths' : ''}`, '. last', { hidden_size: hidden, direction }),
        node('Transpose', 'last', 'front', { perm: [1, 0, 2] }),
        node('Flatten', 'front', 'h'),
        node('MatMul', 'h o', 'y'),
      ],
      initializers: {
        w: weights('w', [both, gates * hidden, 2]),
        r: weights('r', [both, gates * hidden, hidden]),
        o: weights('o', [both * hidden, 2]),
        ...(lengths ? { lengths: tensor('int32', [SAMPLES], [5, 5, 3, 4, 5, 2]) } : {}),
      },
      x: [steps, 2],
      y: [2],
      loss: 'mse',
    };
  };

  it.each([
    ['LSTM', 4],
    ['GRU', 3],
  ] as const)('of %s begins with that of its last state', async (op, gates) => {
    const model = recurrent(op, gates);
    const found = (await (await open(model)).inside())!;
    const [sequence] = found.sequences;
    expect(sequence.norms).toHaveLength(steps);
    close(sequence.norms[steps - 1], await truthAt(model, 'h', [SAMPLES, hidden]));
    expect(sequence.carried![steps - 1]).toBe(1);
    expect(found.activations.map(({ operator }) => operator).sort()).toEqual(['sigmoid', 'tanh']);
  });

  it('has one course for each direction, in the order of computation', async () => {
    const found = (await (await open(recurrent('GRU', 3, 'bidirectional'))).inside())!;
    expect(found.sequences.map(({ layer }) => layer)).toEqual(['GRU of . last', 'GRU of . last (backward)']);
    for (const { carried } of found.sequences) expect(carried).toHaveLength(steps);
  });

  it('does not count samples whose sequence has ended', async () => {
    const [whole] = (await (await open(recurrent('GRU', 3, 'forward', true))).inside())!.sequences;
    expect(whole.carried!.every((size) => Number.isFinite(size) && size > 0)).toBe(true);
    // Only three of six samples are running in the last step.
    const all = (await (await open(recurrent('GRU', 3))).inside())!.sequences[0];
    expect(whole.norms[steps - 1]!).toBeLessThan(all.norms[steps - 1]! * 1.5);
  });
});
