import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/analysis/verify';
import type { Tensor } from '../../src/graph/tensor';
import { tensor } from '../../src/graph/tensor';
import { inspectModel } from '../../src/objective/open/inspectModel';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { floats, ints, node, weights } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-quantized-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Quantizes a random matrix with one scale per entry of `axis`. Its largest element lies at the end of the range. */
function quantizedOf(name: string, shape: readonly number[], axis: number): { q: Tensor; scale: Tensor } {
  const { data } = weights(name, shape, 0.4);
  const values = [...(data as Float32Array)];
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const entry = (i: number) => Math.floor(i / inner) % shape[axis];
  const largest = Array.from({ length: shape[axis] }, (_, e) =>
    Math.max(...values.filter((_v, i) => entry(i) === e).map(Math.abs)),
  );
  return {
    q: tensor(
      'int8',
      shape,
      values.map((v, i) => Math.round((127 * v) / largest[entry(i)])),
    ),
    scale: floats(largest.map((v) => v / 127)),
  };
}

describe('a recurrent layer with a scale per gate row, on an embedding calibrated to the ends of the range', () => {
  const [words, width, hidden, classes] = [7, 4, 3, 3];
  // Every third element is exactly the largest number that an integer can stand for.
  const table = Array.from({ length: words * width }, (_, i) => (i % 3 === 0 ? 127 : ((i * 37) % 200) - 100));
  const w = quantizedOf('W', [4 * hidden, width], 0);
  const r = quantizedOf('R', [4 * hidden, hidden], 0);
  const zeros = (n: number) => tensor('int8', [n], Array<number>(n).fill(0));
  const [zero, one] = [tensor('int8', [], [0]), [1, 4 * hidden, width]];
  const reshaped = (t: Tensor, shape: readonly number[]): Tensor => ({ ...t, shape });
  const parts: GraphParts = {
    nodes: [
      node('Gather', 'words_quantized ids', 'rows'),
      node('DequantizeLinear', 'rows ts tz', 'embedded'),
      node('Transpose', 'embedded', 'x', { perm: [1, 0, 2] }),
      node('QuantizeLinear', 'x ts tz', 'xq'),
      node('DequantizeLinear', 'xq ts tz', 'xd'),
      node('DequantizeLinear', 'W_quantized ws wz', 'W', { axis: 1 }),
      node('DequantizeLinear', 'R_quantized rs rz', 'R', { axis: 1 }),
      node('LSTM', 'xd W R', '. last', { hidden_size: hidden }),
      node('Reshape', 'last flat', 'h'),
      node('MatMul', 'h head', 'y'),
    ],
    initializers: {
      words_quantized: tensor('int8', [words, width], table),
      ts: floats([1 / 64], []),
      tz: zero,
      W_quantized: reshaped(w.q, one),
      ws: w.scale,
      wz: zeros(4 * hidden),
      R_quantized: reshaped(r.q, [1, 4 * hidden, hidden]),
      rs: r.scale,
      rz: zeros(4 * hidden),
      flat: ints([-1, hidden]),
      head: weights('head', [hidden, classes]),
    },
    inputs: [{ name: 'ids', dtype: 'int64', shape: ['batch', 5] }],
  };
  const samples = 14;
  const data = {
    ids: ints(
      Array.from({ length: samples * 5 }, (_, i) => (i * 3 + (i % 5)) % words),
      [samples, 5],
    ),
    target: ints(Array.from({ length: samples }, (_, i) => (i * 2) % classes)),
  };

  it('has a loss with a kink at the weights', async () => {
    const files = await modelFile(folder, parts, data);
    const { objective } = await openObjective(files.model, resolveOptions({ data: files.data, provider: 'cpu' }));
    try {
      const d = objective.theta;
      const at = [1e-3, 0, -1e-3].map((alpha) => ({ alpha, beta: 0 }));
      const slopes = ([ahead, centre, behind]: { loss: number }[]) =>
        [ahead.loss - centre.loss, centre.loss - behind.loss].map((rise) => rise / 1e-3);
      const [right, left] = slopes(await objective.plane(d, null, at));
      expect(Math.abs(right - left)).toBeGreaterThan(0.02 * Math.abs(right));
      // On the smooth piece the slope is the gradient's, because values at the end of the range count as inside it.
      const gradient = await objective.gradient();
      const slope = gradient.reduce((sum, v, i) => sum + v * d[i], 0);
      for (const found of slopes(await objective.plane(d, null, at, { piece: true }))) {
        expect(Math.abs(found - slope)).toBeLessThan(0.01 * Math.abs(slope));
      }
    } finally {
      await objective.dispose();
    }
  });

  it('passes its self-checks, which use the smooth piece', async () => {
    const files = await modelFile(folder, parts, data);
    const checks = await verify(files.model, { data: files.data, provider: 'cpu', threads: 1 });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks[0].detail).toMatch(/smooth piece at θ, on which QuantizeLinear choose/);
    expect(checks.filter(({ name }) => name.startsWith('curvature'))).toHaveLength(3);
  });
});

describe('an embedding and an output layer, each quantized separately from one tensor', () => {
  const [words, width] = [6, 5];
  const { q, scale } = quantizedOf('embedding', [words, width], 0);
  const turned = tensor(
    'int8',
    [width, words],
    Array.from({ length: words * width }, (_, i) => q.data[(i % words) * width + Math.floor(i / words)] as number),
  );
  const data = {
    ids: ints([0, 1, 2, 3, 4, 5, 1, 3], [8, 1]),
    target: ints([1, 2, 3, 4, 5, 0, 2, 4], [8, 1]),
  };
  /** The table has a scale per row, the matrix of the output layer one per column. */
  const parts = (outputScale: Tensor): GraphParts => ({
    nodes: [
      node('DequantizeLinear', 'wte.weight_quantized s z', 'table', { axis: 0 }),
      node('Gather', 'table ids', 'e'),
      node('DynamicQuantizeLinear', 'e', 'eq es ez'),
      node('MatMulInteger', 'eq head_quantized ez z', 'i'),
      node('Cast', 'i', 'f', { to: 1 }),
      node('Mul', 'es hs', 'scales'),
      node('Mul', 'f scales', 'y'),
    ],
    initializers: {
      'wte.weight_quantized': q,
      s: scale,
      z: tensor('int8', [words], Array<number>(words).fill(0)),
      head_quantized: turned,
      hs: outputScale,
    },
    inputs: [{ name: 'ids', dtype: 'int64', shape: ['batch', 1] }],
  });
  const opened = async (outputScale: Tensor) => {
    const files = await modelFile(folder, parts(outputScale), data);
    const result = await openObjective(files.model, resolveOptions({ data: files.data, provider: 'cpu' }));
    await result.objective.dispose();
    return { names: result.model.parameters.map(({ name }) => name), notes: result.notes.join('\n') };
  };

  it('are one parameter if their integers stand for the same numbers, and the report says so', async () => {
    const { names, notes } = await opened(scale);
    expect(names).toEqual(['wte.weight']);
    expect(notes).toContain('with equal bits count as one parameter: head is wte.weight transposed');
  });

  it('are two parameters if their scales differ', async () => {
    const { names, notes } = await opened({ ...scale, data: (scale.data as Float32Array).map((v) => v * 1.01) });
    expect(names).toEqual(['wte.weight', 'head']);
    expect(notes).not.toContain('equal bits');
  });
});

describe('a model of operators on quantized tensors', () => {
  const zeros = (dtype: 'int8' | 'uint8', value: number) => tensor(dtype, [], [value]);
  const kernel = quantizedOf('kernel', [4, 2, 3, 3], 0);
  const head = quantizedOf('head', [4, 3], 1);
  const parts: GraphParts = {
    nodes: [
      node('QuantizeLinear', 'x xs xz', 'xq'),
      node('QLinearConv', 'xq xs xz conv.weight_quantized ks kz cs cz conv.bias_quantized', 'cq', {
        pads: [1, 1, 1, 1],
      }),
      node('com.microsoft.QLinearAdd', 'cq cs cz cq cs cz as cz', 'aq'),
      node('com.microsoft.QLinearGlobalAveragePool', 'aq as cz ps cz', 'pq'),
      node('DequantizeLinear', 'pq ps cz', 'p'),
      node('Flatten', 'p', 'f'),
      node('QuantizeLinear', 'f ps cz', 'fq'),
      node('com.microsoft.QGemm', 'fq ps cz head.weight_quantized hs hz head.bias_quantized', 'y'),
    ],
    initializers: {
      xs: floats([0.03], []),
      xz: zeros('uint8', 128),
      'conv.weight_quantized': kernel.q,
      ks: kernel.scale,
      kz: tensor('int8', [4], [0, 0, 0, 0]),
      'conv.bias_quantized': tensor('int32', [4], [900, -400, 100, 50]),
      // The range begins at 0, as it does when the quantizer of ONNX Runtime drops a Relu.
      cs: floats([0.02], []),
      cz: zeros('uint8', 0),
      as: floats([0.04], []),
      ps: floats([0.02], []),
      'head.weight_quantized': head.q,
      hs: head.scale,
      hz: tensor('int8', [3], [0, 0, 0]),
      'head.bias_quantized': tensor('int32', [3], [300, 0, -200]),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2, 5, 5] }],
    opsets: { '': 17, 'com.microsoft': 1 },
  };
  const data = {
    x: weights('x', [10, 2, 5, 5]),
    target: ints(Array.from({ length: 10 }, (_, i) => (i * 2) % 3)),
  };

  it('has as parameters the weights that its integers stand for, and its derivatives pass the checks', async () => {
    const files = await modelFile(folder, parts, data);
    const inspection = await inspectModel(files.model, resolveOptions({}));
    expect(inspection.parameters.map(({ name, count }) => [name, count])).toEqual([
      ['conv.weight', 72],
      ['conv.bias', 4],
      ['head.weight', 12],
      ['head.bias', 3],
    ]);
    expect(inspection.unsupported).toEqual([]);
    const checks = await verify(files.model, { data: files.data, provider: 'cpu', threads: 1 });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('is refused by node name if the runtime has changed the layout of its images for its own kernels', async () => {
    const [first, conv, ...rest] = parts.nodes;
    const turned = {
      ...conv,
      domain: 'com.microsoft',
      attributes: { ...conv.attributes, channels_last: { kind: 'int' as const, value: 1 } },
    };
    const files = await modelFile(folder, { ...parts, nodes: [first, turned, ...rest] });
    await expect(inspectModel(files.model, resolveOptions({}))).rejects.toMatchObject({
      what: 'Ridgeline does not support QLinearConv on images whose channels come last.',
      where: ['QLinearConv "QLinearConv of cq"'],
    });
  });
});
