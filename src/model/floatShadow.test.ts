import { expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { fileOf, loweredRun, runtimeOutputs } from '../../test/unit/exportedModel';
import { node as protoNode, onnxBytes, port } from '../../test/unit/onnxBytes';
import { node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { parseModel } from '../onnx/read';
import { tensor } from '../graph/tensor';

const FLOAT16 = 10;
/** 1, −2, 0.5, 3 in float16. */
const HALVES = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x4200).buffer);

it('a float16 model is computed in float32, and the notes say so', async () => {
  const bytes = onnxBytes({
    name: 'half',
    node: [
      protoNode('Cast', ['x'], ['h'], { attribute: [{ name: 'to', type: 2, i: BigInt(FLOAT16) }] }),
      protoNode('MatMul', ['h', 'w'], ['p']),
      protoNode('Cast', ['p'], ['y'], { attribute: [{ name: 'to', type: 2, i: 1n }] }),
    ],
    initializer: [{ name: 'w', dims: [2n, 2n], dataType: FLOAT16, rawData: HALVES }],
    input: [port('x')],
    output: [port('y')],
  });
  const model = parseModel(bytes, fileURLToPath(import.meta.url));
  const { outputs, parameters, notes } = await loweredRun(model, { x: tensor('float32', [1, 2], [0.1, 1]) });
  expect([...parameters.w.data]).toEqual([1, -2, 0.5, 3]);
  expect(outputs.y.data[0]).toBeCloseTo(0.6, 6);
  expect(outputs.y.data[1]).toBeCloseTo(2.8, 6);
  expect(notes.join(' ')).toMatch(/float16.*float32/);
});

it('float64 parts of a float32 model are computed in float32', async () => {
  const graph = sourceGraph({
    nodes: [
      node('Cast', 'x', 'd', { to: 11 }),
      node('Mul', 'd half', 'm'),
      node('Cast', 'm', 'f', { to: 1 }),
      node('MatMul', 'f w', 'y'),
    ],
    initializers: { half: tensor('float64', [], [0.5]), w: weights('w', [4, 2]) },
  });
  const feeds = { x: weights('x', [3, 4]) };
  const expected = (await runtimeOutputs(graph, feeds)).y.data as Float32Array;
  const found = (await loweredRun(fileOf(graph), feeds)).outputs.y.data as Float32Array;
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
});

it('a float64 model stays in float64', async () => {
  const graph = sourceGraph({
    nodes: [node('Cast', 'ids', 'd', { to: 11 }), node('Add', 'x d', 's'), node('MatMul', 's w', 'y')],
    initializers: { w: tensor('float64', [2, 1], [1.5, -2.5]) },
    inputs: [
      { name: 'x', dtype: 'float64', shape: ['batch', 2] },
      { name: 'ids', dtype: 'int64', shape: ['batch', 2] },
    ],
  });
  const feeds = { x: tensor('float64', [1, 2], [0.1, 0.2]), ids: tensor('int64', [1, 2], [1, 2]) };
  const { outputs } = await loweredRun(fileOf(graph), feeds);
  expect(outputs.y.dtype).toBe('float64');
  expect(outputs.y.data[0]).toBeCloseTo(1.1 * 1.5 - 2.2 * 2.5, 12);
});
