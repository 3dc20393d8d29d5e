import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceInput } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { scalar } from '../../src/graph/tensor';
import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { filled, floats, ints, node, weights } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-shared-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opened(model: string, options: AnalysisOptions) {
  const { objective, notes, batchSize } = await openObjective(
    model,
    resolveOptions({ provider: 'cpu', threads: 1, ...options }),
  );
  try {
    const { loss } = await objective.value();
    const gradient = await objective.gradient();
    return { loss, norm: Math.hypot(...gradient), notes: notes.join('\n'), batchSize };
  } finally {
    await objective.dispose();
  }
}

async function measured(parts: GraphParts, data: Readonly<Record<string, Tensor>>, options: AnalysisOptions = {}) {
  const files = await modelFile(folder, parts, data);
  return opened(files.model, { data: files.data, ...options });
}

const CASES = join(import.meta.dirname, '../fixtures/cases');

describe('an input that is one number', () => {
  const folderOf = join(CASES, 'scalar_input');
  const models = ['model.onnx', 'model_rank1.onnx'];
  const files = ['data.npz', 'data_one.npz', 'data_n1.npz', 'data_per_sample.npz'];
  // PyTorch computed the BCE loss and the gradient norm in float64.
  it.each(models.flatMap((model) => files.map((data) => [model, data])))('%s with %s', async (model, data) => {
    const { loss, norm } = await opened(join(folderOf, model), { data: join(folderOf, data) });
    expect(loss).toBeCloseTo(0.6322064815, 7);
    expect(norm).toBeCloseTo(0.1403864507, 7);
  });

  it('takes its value from the options rather than from the data', async () => {
    const options = { data: join(folderOf, 'data.npz'), input: { temperature: '4' } };
    const { loss, notes } = await opened(join(folderOf, 'model.onnx'), options);
    expect(notes).toContain('«temperature» is the same for all samples: 4.');
    // A temperature of 4 brings the loss closer to log 2 than the 2 of the data.
    expect(loss).toBeGreaterThan(0.6322064815);
  });

  it('is asked for by name if no value is given', async () => {
    const data = { x: weights('x', [4, 5]), target: filled([4, 1], 1) };
    await expect(measured(division([]), data)).rejects.toThrow(
      /No value is given for the model's input «t» \(float32\).*--input t=VALUE/s,
    );
  });

  const x = weights('x', [4, 5]);
  const target = floats([0, 1, 0.5, 2], [4, 1]);
  const temperatures = [1, 2, 4, 8];
  const scaled = floats(
    [...(x.data as Float32Array)].map((v, i) => v / temperatures[Math.floor(i / 5)]),
    [4, 5],
  );
  it.each([[[]], [[1]]])('of shape %j may differ from sample to sample', async (shape) => {
    const each = await measured(division(shape), { x, t: floats(temperatures), target }, { loss: 'mse' });
    const reference = await measured(division(shape), { x: scaled, t: floats([1]), target }, { loss: 'mse' });
    expect(each.loss).toBeCloseTo(reference.loss, 6);
    expect(each.norm).toBeCloseTo(reference.norm, 5);
  });
});

/** y = (x / t)·w */
function division(shape: SourceInput['shape']): GraphParts {
  return {
    nodes: [node('Div', 'x t', 'q'), node('MatMul', 'q w', 'y')],
    initializers: { w: weights('w', [5, 1]) },
    inputs: [
      { name: 'x', dtype: 'float32', shape: ['N', 5] },
      { name: 't', dtype: 'float32', shape },
    ],
  };
}

describe('an input that decides a branch', () => {
  const folderOf = join(CASES, 'if_on_option_input');
  it.each([
    ['model.onnx', 'data.npz'],
    ['model_rank1.onnx', 'data_per_sample.npz'],
  ])('%s with %s', async (model, data) => {
    const { loss, norm, notes } = await opened(join(folderOf, model), { data: join(folderOf, data) });
    expect(loss).toBeCloseTo(0.7292544828, 7);
    expect(norm).toBeCloseTo(0.3117865991, 7);
    expect(notes).toContain('The branch of If "If_1" is decided by sr = 16000.');
  });
});

describe('an array that all samples share', () => {
  const [samples, length, width] = [6, 3, 4];
  const sequences = weights('x', [samples, length, width]);
  const target = { ...ints(Array.from({ length: samples * length }, (_, i) => i % 2)), shape: [samples, length] };
  const causal = floats([0, -Infinity, -Infinity, 0, 0, -Infinity, 0, 0, 0], [length, length]);

  /** Attention of every position to itself and to earlier ones. */
  const attention = (maskShape: SourceInput['shape'] | null): GraphParts => ({
    nodes: [
      node('MatMul', 'x wq', 'q'),
      node('Transpose', 'x', 'k', { perm: [0, 2, 1] }),
      node('MatMul', 'q k', 'scores'),
      node('Add', 'scores mask', 'masked'),
      node('Softmax', 'masked', 'p'),
      node('MatMul', 'p x', 'mixed'),
      node('MatMul', 'mixed out', 'y'),
    ],
    initializers: {
      wq: weights('wq', [width, width]),
      out: weights('out', [width, 2]),
      ...(maskShape ? {} : { mask: causal }),
    },
    inputs: [
      { name: 'x', dtype: 'float32', shape: ['batch', 'L', width] },
      ...(maskShape ? [{ name: 'mask', dtype: 'float32' as const, shape: maskShape }] : []),
    ],
    outputs: ['y'],
  });
  const loss = { loss: 'cross_entropy' as const };

  it.each<[string, SourceInput['shape'], number]>([
    ['of lengths', ['L', 'L'], samples],
    ['of fixed size', [length, length], samples],
    ['with axes of length one', [1, length, length], samples],
    ['with as many rows as there are samples', [length, length], length],
  ])('may be a causal mask %s, which acts like a constant', async (_, shape, count) => {
    const rows = (t: Tensor) => ({
      ...t,
      shape: [count, ...t.shape.slice(1)],
      data: t.data.slice(0, (t.data.length / samples) * count),
    });
    const data = { x: rows(sequences), target: rows(target) };
    const constant = await measured(attention(null), data, loss);
    const given = await measured(attention(shape), { ...data, mask: { ...causal, shape: [length, length] } }, loss);
    expect(Number.isFinite(constant.norm)).toBe(true);
    expect(given.loss).toBeCloseTo(constant.loss, 12);
    expect(given.norm).toBeCloseTo(constant.norm, 12);
    expect(given.batchSize).toBe(count);
  });

  it('is refused by name if it contains NaN', async () => {
    const mask = floats([0, 0, NaN, 0, 0, 0, 0, 0, 0], [length, length]);
    await expect(measured(attention(['L', 'L']), { x: sequences, target, mask }, loss)).rejects.toThrow(
      '«mask» holds NaN',
    );
  });
});

describe('a mask of −∞', () => {
  // PyTorch computed the loss and the gradient norm in float64.
  it('may hide whole rows if the model replaces their softmax', async () => {
    const folderOf = join(CASES, 'minus-infinity-mask-input');
    const { loss, norm } = await opened(join(folderOf, 'model.onnx'), { data: join(folderOf, 'data.npz') });
    expect(loss).toBeCloseTo(2.209537, 6);
    expect(norm).toBeCloseTo(0.694038, 6);
  });
});

it('the length of a Range may come from an option', async () => {
  const parts: GraphParts = {
    nodes: [
      node('Range', 'zero n one', 'positions'),
      node('Cast', 'positions', 'p', { to: 1 }),
      node('ReduceSum', 'p', 'sum', { keepdims: 0 }),
      node('Mul', 'x sum', 's'),
      node('MatMul', 's w', 'y'),
    ],
    initializers: { zero: scalar('int64', 0), one: scalar('int64', 1), w: weights('w', [5, 1]) },
    inputs: [
      { name: 'x', dtype: 'float32', shape: ['N', 5] },
      { name: 'n', dtype: 'int64', shape: [] },
    ],
  };
  const data = { x: weights('x', [4, 5]), target: filled([4, 1], 1) };
  const four = await measured(parts, data, { loss: 'mse', input: { n: 4 } });
  // 0 + 1 + 2 + 3 = 6
  const six = floats(
    [...(data.x.data as Float32Array)].map((v) => 6 * v),
    [4, 5],
  );
  const reference = await measured(
    division([]),
    { x: six, t: scalar('float32', 1), target: data.target },
    { loss: 'mse' },
  );
  expect(four.loss).toBeCloseTo(reference.loss, 5);
});

describe('with random inputs', () => {
  it('an option that decides a branch must be given', async () => {
    const model = join(CASES, 'if_on_option_input', 'model.onnx');
    await expect(opened(model, { data: 'generated' })).rejects.toThrow(/«sr» \(int64\).*--input sr=VALUE/s);
    const { notes } = await opened(model, { data: 'generated', input: { sr: 16000 } });
    expect(notes).toContain('is decided by sr = 16000.');
  });

  it('any other scalar option is taken as 1', async () => {
    const { notes } = await opened(join(CASES, 'scalar_input', 'model.onnx'), { data: 'generated' });
    expect(notes).toContain('«temperature» is taken as 1');
  });
});
