import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node, onnxBytes, port, weights } from '../../../test/unit/onnxBytes';
import { npzFile } from '../../data/testing/npyFile';
import { tensor } from '../../graph/tensor';
import { resolveOptions } from '../../options/presets';
import { openObjective } from './openObjective';
import { readModelAndData } from './readModelAndData';
import { openRecomputed } from './wideObjective';

const SAMPLES = 40;
const WIDTH = 3;
const X = Float32Array.from({ length: SAMPLES * 2 }, (_, i) => Math.sin(1 + 3.7 * i));
const Y = Float32Array.from({ length: SAMPLES }, (_, i) => Math.cos(2 + 1.9 * i));
const W = Array.from({ length: 2 * WIDTH }, (_, i) => 1 + Math.cos(5 * i));
const HEAD = [0.5, -1, 0.8];

/** What each unit answers to each sample before normalization. */
const before = (unit: number): number[] =>
  Array.from({ length: SAMPLES }, (_, i) => X[2 * i] * W[unit] + X[2 * i + 1] * W[WIDTH + unit]);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => mean(values.map((value) => (value - mean(values)) ** 2));
const units = Array.from({ length: WIDTH }, (_, unit) => before(unit));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-recomputed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** relu(BatchNormalization(x·W))·HEAD, with the statistics that its data have. */
async function written() {
  const bytes = onnxBytes({
    node: [
      node('MatMul', ['x', 'w'], ['h']),
      node('BatchNormalization', ['h', 'scale', 'shift', 'mean', 'variance'], ['n']),
      node('Relu', ['n'], ['r']),
      node('MatMul', ['r', 'head'], ['y']),
    ],
    initializer: [
      weights('w', [2, WIDTH], W),
      weights('scale', [WIDTH], [1, 0.7, 1.3]),
      weights('shift', [WIDTH], [0.1, -0.2, 0.3]),
      weights('mean', [WIDTH], units.map(mean)),
      weights('variance', [WIDTH], units.map(variance)),
      weights('head', [WIDTH, 1], HEAD),
    ],
    input: [port('x')],
    output: [port('y', ['batch', 1])],
  });
  writeFileSync(join(folder, 'model.onnx'), bytes);
  const arrays = { x: tensor('float32', [SAMPLES, 2], [...X]), target: tensor('float32', [SAMPLES, 1], [...Y]) };
  writeFileSync(join(folder, 'data.npz'), npzFile(arrays));
  const model = join(folder, 'model.onnx');
  const options = resolveOptions({
    data: join(folder, 'data.npz'),
    loss: 'mse',
    provider: 'cpu',
    threads: 1,
    batch: 7,
  });
  return { model, options, read: await readModelAndData(model, options) };
}

describe('recomputed statistics', () => {
  it('are those of all data, so that a file that holds these keeps its loss', async () => {
    const { model, options, read } = await written();
    const own = await openObjective(model, options, { read });
    const { sha256 } = read.model;
    const recomputed = await openRecomputed(model, options, { sha256, data: read.data, test: null });
    try {
      const { loss } = await own.objective.value();
      expect((await recomputed.objective.value()).loss / loss).toBeCloseTo(1, 5);
    } finally {
      await own.objective.dispose();
      await recomputed.objective.dispose();
    }
  });

  it('undo a scale of the weights before the normalization, which running statistics do not', async () => {
    const { model, options, read } = await written();
    const own = await openObjective(model, options, { read });
    const { sha256 } = read.model;
    const recomputed = await openRecomputed(model, options, { sha256, data: read.data, test: null });
    try {
      const direction = new Float32Array(own.objective.dim);
      const { offset, count } = own.objective.parameters.find(({ name }) => name === 'w')!;
      direction.set(W, offset);
      expect(count).toBe(W.length);
      const points = [0, 1, 3].map((alpha) => ({ alpha, beta: 0 }));
      const lossesOf = async ({ objective }: typeof own) =>
        (await objective.plane(direction, null, points)).map(({ loss }) => loss);
      const [here, ...scaled] = await lossesOf(recomputed);
      for (const loss of scaled) expect(loss / here).toBeCloseTo(1, 4);
      const kept = await lossesOf(own);
      expect(kept[2]).toBeGreaterThan(2 * kept[0]);
    } finally {
      await own.objective.dispose();
      await recomputed.objective.dispose();
    }
  });
});
