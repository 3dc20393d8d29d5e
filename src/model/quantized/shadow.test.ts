import { describe, expect, it } from 'vitest';
import { fileOf, loweredRun, runtimeOutputs } from '../../../test/unit/exportedModel';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { filled, floats, node, sourceGraph, weights } from '../../../test/unit/sourceGraph';
import type { Tensor } from '../../graph/tensor';
import { tensor } from '../../graph/tensor';

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
    expect(notes.join(' ')).toMatch(/gradients pass straight through/);
  });

  it('still clips what its quantizers clip', async () => {
    // (255 − 120)·0.02 = 2.7 is the largest number that an integer stands for.
    const feeds = { x: floats([100, 0, 0, 0], [1, 4]) };
    const run = await expectShadow(parts, feeds, 1e-4);
    expect(run.outputs.y.data[0]).toBeCloseTo(2.7 * 0.12 + 0.02, 4);
  });
});

it('recognises dynamic quantization', async () => {
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

it('recognises dynamically quantized convolutions', async () => {
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

it('decomposes operators on quantized tensors', async () => {
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

it('looks up rows of a quantized table, even if they are moved before they are dequantized', async () => {
  const parts: GraphParts = {
    nodes: [
      node('Gather', 'words_quantized ids', 'rows'),
      node('DequantizeLinear', 'rows s z', 'e'),
      node('Transpose', 'rows', 't', { perm: [1, 0, 2] }),
      node('DequantizeLinear', 't s z', 'moved'),
      node('Transpose', 'moved', 'back', { perm: [1, 0, 2] }),
      node('Add', 'e back', 'y'),
    ],
    initializers: { words_quantized: int8(W, [4, 3]), s: floats([0.5], []), z: int8([3], []) },
    inputs: [{ name: 'ids', dtype: 'int64', shape: ['batch', 2] }],
  };
  const { parameters } = await expectShadow(parts, { ids: tensor('int64', [3, 2], [0, 1, 3, 2, 1, 1]) }, 1e-6);
  expect(Object.keys(parameters)).toEqual(['words']);
});

it.each([
  [4, [5, 8], [5, 1]],
  [8, [5, 16], [5, 1]],
  [4, [5, 24], [5, 3]],
])('looks up rows that are packed with %d bits, with and without zero points', async (bits, shape, blocks) => {
  const bytes = (size: number, step: number) => Array.from({ length: size }, (_, i) => (i * step) % 256);
  const width = (shape[1] * 8) / bits;
  const attributes = { bits, block_size: 16 };
  const zeroBytes = [5, Math.ceil((blocks[1] * bits) / 8)];
  const parts: GraphParts = {
    nodes: [
      node('com.microsoft.GatherBlockQuantized', 'words_Q4 ids s z', 'a', attributes),
      node('com.microsoft.GatherBlockQuantized', 'other_Q4 ids s', 'b', attributes),
      node('Add', 'a b', 'y'),
    ],
    initializers: {
      words_Q4: uint8(bytes(shape[0] * shape[1], 37), shape),
      other_Q4: uint8(bytes(shape[0] * shape[1], 59), shape),
      s: weights('s', blocks, 0.1),
      z: uint8(bytes(zeroBytes[0] * zeroBytes[1], 53), zeroBytes),
    },
    inputs: [{ name: 'ids', dtype: 'int64', shape: ['batch', 2] }],
    opsets: { '': 17, 'com.microsoft': 1 },
  };
  const { parameters } = await expectShadow(parts, { ids: tensor('int64', [3, 2], [0, 1, 3, 2, 4, 1]) }, 1e-4);
  expect(Object.entries(parameters).map(([name, t]) => [name, t.shape])).toEqual([
    ['words', [5, width]],
    ['other', [5, width]],
  ]);
});

it('recognises a dynamically quantized LSTM', async () => {
  const [steps, width, hidden] = [3, 4, 2];
  const integers = (rows: number) =>
    int8(
      Array.from({ length: rows * 4 * hidden }, (_, i) => ((i * 37) % 200) - 100),
      [1, rows, 4 * hidden],
    );
  const parts: GraphParts = {
    nodes: [
      node('com.microsoft.DynamicQuantizeLSTM', 'x W_quantized R_quantized B . h c . ws wz rs rz', 'y . last', {
        hidden_size: hidden,
      }),
    ],
    initializers: {
      W_quantized: integers(width),
      R_quantized: integers(hidden),
      B: weights('B', [1, 8 * hidden], 0.1),
      h: filled([1, 2, hidden], 0.5),
      c: filled([1, 2, hidden], -0.5),
      ws: floats(
        Array.from({ length: 4 * hidden }, (_, i) => 0.005 + 0.001 * i),
        [1, 4 * hidden],
      ),
      wz: int8(Array(4 * hidden).fill(0), [1, 4 * hidden]),
      rs: floats([0.01]),
      rz: int8([0], [1]),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: [steps, 2, width] }],
    outputs: ['y', 'last'],
    opsets: { '': 17, 'com.microsoft': 1 },
  };
  const { parameters, missing } = await expectShadow(parts, { x: weights('sequence', [steps, 2, width]) }, 0.02);
  expect(missing).toEqual([]);
  expect(Object.keys(parameters)).toEqual(['W', 'R', 'B']);
});

it('combines integer operands', async () => {
  const parts: GraphParts = {
    nodes: [
      node('QuantizeLinear', 'x s z', 'q'),
      node('com.microsoft.QLinearConcat', 'ys yz q s z other_quantized os oz', 'j', { axis: 1 }),
      node('DequantizeLinear', 'j ys yz', 'y'),
    ],
    initializers: {
      s: floats([0.05], []),
      z: uint8([120]),
      ys: floats([0.1], []),
      yz: uint8([128]),
      other_quantized: uint8([1, 250, 130], [1, 3]),
      os: floats([0.02], []),
      oz: uint8([128]),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4] }],
    opsets: { '': 17, 'com.microsoft': 1 },
  };
  await expectShadow(parts, { x: floats([0.5, -1, 2, 0.1], [1, 4]) }, 0.11);
});

describe('a decomposed operator on quantized tensors agrees with ONNX Runtime', () => {
  const S = 'xs xz';
  const square = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: ['batch', 2, 4, 4] }] };
  const image = weights('image', [2, 2, 4, 4]);
  it.each<[string, string, Record<string, number | readonly number[]>, Partial<GraphParts>, Tensor]>([
    ['QLinearMul', `xq ${S} k ws wz ys yz`, {}, {}, X],
    ['QLinearSigmoid', `xq ${S} ps yz`, {}, {}, X],
    ['QLinearLeakyRelu', `xq ${S} ys yz`, { alpha: 0.125 }, {}, X],
    ['QLinearSoftmax', `xq ${S} ps zero`, { axis: -1, opset: 17 }, {}, X],
    ['QLinearAveragePool', `xq ${S} ys yz`, { kernel_shape: [2, 2], strides: [2, 2] }, square, image],
    ['QLinearGlobalAveragePool', `xq ${S} ys yz`, {}, square, image],
    ['QLinearWhere', `c xq ${S} k ws wz ys yz`, {}, {}, X],
    ['QGemm', `xq ${S} w vs vz bias ys yz`, { alpha: 0.5 }, {}, X],
    ['QLinearMatMul', `xq ${S} w vs vz ys yz`, {}, {}, X],
  ])('%s', async (op, inputs, attributes, more, x) => {
    const steps = { ys: 0.05, ps: 1 / 256 };
    const [scale, zero] = inputs.split(' ').slice(-2);
    const parts: GraphParts = {
      nodes: [
        node('Add', 'x b', 'h'),
        node('QuantizeLinear', 'h xs xz', 'xq'),
        node(op === 'QLinearMatMul' ? op : `com.microsoft.${op}`, inputs, 'q', attributes),
        node('DequantizeLinear', `q ${scale} ${zero}`, 'y'),
      ],
      initializers: {
        b: weights('b', [4], 0.1),
        xs: floats([0.02], []),
        xz: uint8([128]),
        k: uint8([10, 200, 128, 90], [1, 4]),
        ws: floats([0.02], []),
        wz: uint8([128]),
        c: tensor('bool', [1, 4], [1, 0, 0, 1]),
        w: int8(W, [4, 3]),
        vs: floats([0.01, 0.02, 0.03]),
        vz: int8([0, 0, 0], [3]),
        bias: tensor('int32', [3], [4000, -3000, 500]),
        ys: floats([steps.ys], []),
        yz: uint8([128]),
        ps: floats([steps.ps], []),
        zero: uint8([0]),
      },
      opsets: { '': 17, 'com.microsoft': 1 },
      ...more,
    };
    // Rounding of x and of the result, each by half a step, and of the weights' product by as much again.
    await expectShadow(parts, { x }, scale === 'ps' ? 0.01 : 0.06);
  });
});
