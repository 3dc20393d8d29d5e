import { describe, expect, it } from 'vitest';
import { fileOf, loweredRun, runtimeOutputs } from '../../../test/unit/exportedModel';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { floats, node, sourceGraph, weights } from '../../../test/unit/sourceGraph';
import type { Tensor } from '../tensor';
import { tensor } from '../tensor';

const int8 = (values: readonly number[], shape: readonly number[]) => tensor('int8', shape, values);
const uint8 = (values: readonly number[], shape: readonly number[] = []) => tensor('uint8', shape, values);
const W = [12, -3, 50, 127, -128, 7, 33, -60, 90, -5, 4, 81];
const X = weights('x', [2, 4]);

/** The shadow of a model against the model: apart by no more than rounding to steps of `step` can explain. */
async function expectShadow(parts: GraphParts, feeds: Record<string, Tensor>, step: number) {
  const graph = sourceGraph(parts);
  const expected = await runtimeOutputs(graph, feeds);
  const run = await loweredRun(fileOf(graph), feeds);
  expect(run.missing).toEqual([]);
  for (const [name, { data }] of Object.entries(expected)) {
    const found = run.outputs[name].data as Float32Array;
    expect(found.length).toBe(data.length);
    found.forEach((value, i) => expect(Math.abs(value - Number(data[i])), `${name}[${i}]`).toBeLessThan(step));
  }
  return run;
}

describe('a model with quantizers before and after its operators', () => {
  const parts: GraphParts = {
    nodes: [
      node('QuantizeLinear', 'x xs xz', 'xq'),
      node('DequantizeLinear', 'xq xs xz', 'xd'),
      node('DequantizeLinear', 'fc.weight_quantized ws wz', 'wd', { axis: 0 }),
      node('DequantizeLinear', 'fc.bias_quantized bs', 'bd', { axis: 0 }),
      node('Gemm', 'xd wd bd', 'y', { transB: 1 }),
    ],
    initializers: {
      xs: floats([0.02], []),
      xz: uint8([120]),
      'fc.weight_quantized': int8(W, [3, 4]),
      ws: floats([0.01, 0.02, 0.03]),
      wz: int8([0, 0, 0], [3]),
      'fc.bias_quantized': tensor('int32', [3], [100, -200, 50]),
      bs: floats([0.0002, 0.0004, 0.0006]),
    },
  };

  it('is analysed on the weights that its integers stand for', async () => {
    const { parameters, notes } = await expectShadow(parts, { x: X }, 0.2);
    expect(Object.keys(parameters)).toEqual(['fc.weight', 'fc.bias']);
    const scale = [0.01, 0.02, 0.03];
    expect([...parameters['fc.weight'].data]).toEqual(
      W.map((q, i) => Math.fround(q * Math.fround(scale[Math.floor(i / 4)]))),
    );
    expect(notes.join(' ')).toMatch(/weights of 2 quantized tensors/);
    expect(notes.join(' ')).toMatch(/passed straight through/);
  });

  it('still cuts off what its quantizers cut off', async () => {
    // (255 − 120)·0.02 = 2.7 is the largest number that an integer stands for.
    const feeds = { x: floats([100, 0, 0, 0], [1, 4]) };
    const run = await expectShadow(parts, feeds, 1e-4);
    expect(run.outputs.y.data[0]).toBeCloseTo(2.7 * 0.12 + 0.02, 4);
  });
});

it('sees through dynamic quantization', async () => {
  const parts: GraphParts = {
    nodes: [
      node('DynamicQuantizeLinear', 'x', 'xq xs xz'),
      node('MatMulInteger', 'xq fc.weight_quantized xz wz', 'i'),
      node('Cast', 'i', 'f', { to: 1 }),
      node('Mul', 'xs ws', 's'),
      node('Mul', 'f s', 'p'),
      node('Add', 'p fc.bias', 'y'),
    ],
    initializers: {
      'fc.weight_quantized': int8(W, [4, 3]),
      wz: int8([2], []),
      ws: floats([0.015], []),
      'fc.bias': floats([0.1, 0.2, 0.3]),
    },
  };
  const { parameters } = await expectShadow(parts, { x: X }, 0.2);
  expect(Object.keys(parameters)).toEqual(['fc.weight', 'fc.bias']);
  expect([...parameters['fc.weight'].data]).toEqual(W.map((q) => Math.fround((q - 2) * Math.fround(0.015))));
});

it('sees through dynamically quantized convolutions', async () => {
  const parts: GraphParts = {
    nodes: [
      node('DynamicQuantizeLinear', 'x', 'xq xs xz'),
      node('ConvInteger', 'xq w_quantized xz wz', 'i', { pads: [1, 1, 1, 1] }),
      node('Cast', 'i', 'f', { to: 1 }),
      node('Mul', 'xs ws', 's'),
      node('Mul', 'f s', 'y'),
    ],
    initializers: {
      w_quantized: uint8(
        W.map((q) => q + 128),
        [3, 1, 2, 2],
      ),
      wz: uint8([128]),
      ws: floats([0.01], []),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 4, 4] }],
  };
  const { parameters } = await expectShadow(parts, { x: weights('image', [2, 1, 4, 4]) }, 0.2);
  expect(Object.keys(parameters)).toEqual(['w']);
});

it('takes operators on quantized tensors apart', async () => {
  const parts: GraphParts = {
    nodes: [
      node('QuantizeLinear', 'x xs xz', 'xq'),
      node('QLinearConv', 'xq xs xz w_quantized ws wz ys yz b', 'c', { pads: [1, 1, 1, 1] }),
      node('com.microsoft.QLinearAdd', 'c ys yz c ys yz zs yz', 'a'),
      node('DequantizeLinear', 'a zs yz', 'y'),
    ],
    initializers: {
      xs: floats([0.02], []),
      xz: uint8([128]),
      w_quantized: int8(W, [3, 1, 2, 2]),
      ws: floats([0.01, 0.02, 0.01]),
      wz: int8([0, 0, 0], [3]),
      ys: floats([0.05], []),
      zs: floats([0.1], []),
      yz: uint8([128]),
      b: tensor('int32', [3], [200, -100, 0]),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 4, 4] }],
    opsets: { '': 17, 'com.microsoft': 1 },
  };
  const { parameters } = await expectShadow(parts, { x: weights('image', [2, 1, 4, 4]) }, 0.3);
  expect(Object.keys(parameters)).toEqual(['w', 'b_float']);
  expect(parameters.b_float.data[0]).toBeCloseTo(200 * 0.02 * 0.01, 7);
});

it('unpacks weights of four bits', async () => {
  const packed = uint8(
    Array.from({ length: 3 * 2 * 8 }, (_, i) => (i * 37) % 256),
    [3, 2, 8],
  );
  const attributes = { K: 32, N: 3, bits: 4, block_size: 16 };
  const parts: GraphParts = {
    nodes: [node('com.microsoft.MatMulNBits', 'x w_Q4 s z', 'y', attributes)],
    initializers: { w_Q4: packed, s: weights('s', [6], 0.1), z: uint8([0x78, 0x39, 0xa5], [3]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 32] }],
    opsets: { '': 17, 'com.microsoft': 1 },
  };
  const { parameters } = await expectShadow(parts, { x: weights('long', [2, 32]) }, 1e-4);
  expect(parameters.w.shape).toEqual([32, 3]);
});
