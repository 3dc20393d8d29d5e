import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FLOAT, node, onnxBytes, port, weights } from '../../../test/unit/onnxBytes';
import type { Tensor } from '../../graph/tensor';
import { readModel } from '../read';
import { readOutline } from './readOutline';

const WIDTH = 1024;
const LAYERS = ['first', 'second'];
/** A matrix whose entries all differ. */
const matrix = (seed: number) => Array.from({ length: WIDTH * WIDTH }, (_, i) => Math.sin(i + seed));

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-outline-'));
  path = join(folder, 'large.onnx');
  await writeFile(path, largeModel());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const contentsOf = ({ data }: Tensor) => Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);

/** y = tanh(tanh(x·A)·B + b), 8 MiB of weights. The bias is small, so it stays in the outline. */
function largeModel(): Uint8Array<ArrayBuffer> {
  return onnxBytes({
    name: 'large',
    node: [
      node('MatMul', ['x', 'first'], ['a']),
      node('Tanh', ['a'], ['h']),
      node('MatMul', ['h', 'second'], ['c']),
      node('Add', ['c', 'b'], ['s']),
      node('Tanh', ['s'], ['y']),
    ],
    initializer: [
      weights('first', [WIDTH, WIDTH], matrix(0)),
      weights('second', [WIDTH, WIDTH], matrix(1)),
      weights('b', [WIDTH], matrix(2).slice(0, WIDTH)),
    ],
    input: [port('x', ['batch', WIDTH])],
    output: [port('y', ['batch', WIDTH])],
  });
}

it('reads the graph of the whole file, and every weight when it is asked for', async () => {
  const whole = await readModel(path);
  const outline = await readOutline(path);
  expect(outline.graph.nodes).toEqual(whole.graph.nodes);
  expect(outline.graph.inputs).toEqual(whole.graph.inputs);
  expect([...outline.graph.initializers.keys()]).toEqual([...whole.graph.initializers.keys()]);
  for (const [name, tensor] of whole.graph.initializers) {
    const read = outline.graph.initializers.get(name)!;
    expect(read.shape).toEqual(tensor.shape);
    expect(contentsOf(read).equals(contentsOf(tensor))).toBe(true);
  }
});

it('leaves the weights where they are', async () => {
  const { bytes, externalFiles } = await readOutline(path);
  expect(bytes.length).toBeLessThan(10_000);
  expect(externalFiles).toEqual([]);
});

it('reads single elements of a weight in the file', async () => {
  const outline = await readOutline(path);
  for (const [seed, name] of LAYERS.entries()) {
    const [last] = outline.graph.initializers.get(name)!.pick!([WIDTH * WIDTH - 1]);
    expect(last).toBe(Math.fround(Math.sin(WIDTH * WIDTH - 1 + seed)));
  }
});

it('says of a damaged file what the reader of whole files says', async () => {
  const damaged = join(folder, 'damaged.onnx');
  await writeFile(damaged, largeModel());
  await truncate(damaged, 5_000_000);
  const expected = await readModel(damaged).catch((error: unknown) => error as Error);
  await expect(readOutline(damaged)).rejects.toThrow((expected as Error).message);
  await expect(readOutline(join(folder, 'missing.onnx'))).rejects.toThrow('does not exist');
});

it('finds a wrong length of a weight without reading the weight', async () => {
  const wrong = join(folder, 'wrong.onnx');
  const initializer = [weights('w', [WIDTH, WIDTH + 1], [...matrix(0), ...matrix(1)])];
  const graph = { name: 'wrong', node: [node('MatMul', ['x', 'w'], ['y'])], initializer };
  await writeFile(wrong, onnxBytes({ ...graph, input: [port('x')], output: [port('y')] }));
  await expect(readOutline(wrong)).rejects.toThrow(/needs/);
});

it('keeps a file whose weights are typed lists as it is', async () => {
  const typed = join(folder, 'typed.onnx');
  const values = matrix(3);
  const floatData = [...values, ...values];
  const initializer = [{ name: 'w', dims: [2n, BigInt(WIDTH * WIDTH)], dataType: FLOAT, floatData }];
  const graph = { name: 'typed', node: [node('MatMul', ['x', 'w'], ['y'])], initializer };
  await writeFile(typed, onnxBytes({ ...graph, input: [port('x')], output: [port('y')] }));
  const { graph: read } = await readOutline(typed);
  expect(read.initializers.get('w')!.data[5]).toBe(Math.fround(values[5]));
});
