import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { node, onnxBytes, port, weights } from '../../../test/unit/onnxBytes';
import { isOneNetwork } from './sameNetwork';

/** So wide that the files exceed the size up to which a model is read whole. */
const WIDTH = 1100;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-network-'));
  await writeFile(file('a'), linear(['w', 'b'], WIDTH, 0));
  await writeFile(file('b'), linear(['w', 'b'], WIDTH, 1));
  await writeFile(file('renamed'), linear(['kernel', 'bias'], WIDTH, 2));
  await writeFile(file('wider'), linear(['w', 'b'], WIDTH + 1, 0));
  await writeFile(file('damaged'), 'no model');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, `${name}.onnx`);

/** y = x·w + b with `outputs` columns. */
function linear([w, b]: readonly [string, string], outputs: number, seed: number): Uint8Array<ArrayBuffer> {
  const values = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i + seed));
  return onnxBytes({
    name: 'linear',
    node: [node('MatMul', ['x', w], ['p']), node('Add', ['p', b], ['y'])],
    initializer: [weights(w, [WIDTH, outputs], values(WIDTH * outputs)), weights(b, [outputs], values(outputs))],
    input: [port('x', ['batch', WIDTH])],
    output: [port('y', ['batch', outputs])],
  });
}

it.each([
  [['a', 'b', 'a'], true],
  [['a', 'renamed'], true],
  [['a', 'wider'], false],
  [['wider', 'a', 'b'], false],
  [['a', 'damaged'], false],
  [['damaged', 'a'], false],
  [['a', 'missing'], false],
])('%j hold weights of one architecture: %j', async (names, expected) => {
  expect(await isOneNetwork(names.map(file), [])).toBe(expected);
});

it('compares only the tensors that may move', async () => {
  expect(await isOneNetwork([file('a'), file('b')], ['w'])).toBe(true);
  expect(await isOneNetwork([file('a'), file('wider')], ['w'])).toBe(false);
});
