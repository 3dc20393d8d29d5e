import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze';
import type { AnalysisOptions } from '../../src/options/options';
import { modelFile } from './modelFile';
import { floats, node, weights } from './sourceGraph';

const OPTIONS: AnalysisOptions = { provider: 'cpu', threads: 1, only: ['gradient'], loss: 'mse' };
const N = 7;
const X = weights('x', [N, 4]);
const T = weights('t', [N, 1]);
const W = weights('w', [4, 1]);
const SHARES = [1, 2, 3, 1, 5, 1, 1].map((weight) => weight / 14);

let folder = '';
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'ridgeline-noise-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The gradients of (xᵢᵀw − tᵢ)², written out. */
const gradients = Array.from({ length: N }, (_, i) => {
  const x = Array.from({ length: 4 }, (_, k) => Number(X.data[4 * i + k]));
  const residual = x.reduce((sum, value, k) => sum + value * Number(W.data[k]), -Number(T.data[i]));
  return x.map((value) => 2 * residual * value);
});

/** Σᵢ shareᵢ²·‖gᵢ − g‖²·N/(N − 1): the squared standard error of the weighted mean. */
function squaredStandardError(shares: readonly number[]): number {
  const mean = [0, 1, 2, 3].map((k) => gradients.reduce((sum, g, i) => sum + shares[i]! * g[k]!, 0));
  const squares = gradients.map((g) => g.reduce((sum, value, k) => sum + (value - mean[k]!) ** 2, 0));
  return (N / (N - 1)) * squares.reduce((sum, square, i) => sum + shares[i]! ** 2 * square, 0);
}

const linear = { nodes: [node('MatMul', 'x w', 'y')], initializers: { w: W } };

it.each<[string, Partial<AnalysisOptions>]>([
  ['batches of all samples', {}],
  ['batches of two', { batch: 2 }],
  ['batches of one', { batch: 1 }],
  ['two threads', { batch: 3, threads: 2 }],
  ['weight decay, which all samples share', { weightDecay: 0.5 }],
])('is that of the samples with %s', async (_, options) => {
  const files = await modelFile(folder, linear, { x: X, target: T });
  const report = await analyze(files.model, { ...OPTIONS, ...options, data: files.data });
  const { noise } = report.dynamics!;
  expect(noise!.gradientStandardError ** 2).toBeCloseTo(squaredStandardError(Array<number>(N).fill(1 / N)), 4);
  expect(noise!.samplesUsed).toBe(N);
  expect(report.gradient!.samplingError).toBe(noise!.gradientStandardError);
});

it('is that of the weighted mean where samples have weights', async () => {
  const files = await modelFile(folder, linear, { x: X, target: T, shares: floats(SHARES) });
  const report = await analyze(files.model, { ...OPTIONS, sampleWeights: 'shares', data: files.data });
  expect(report.dynamics!.noise!.gradientStandardError ** 2).toBeCloseTo(squaredStandardError(SHARES), 4);
});

it('is left out, with a sentence, where a file fixes the size of its batches', async () => {
  // The constant shape merges seven samples, so that no other size works.
  const fixed = {
    nodes: [node('MatMul', 'x w', 'z'), node('Reshape', 'z s', 'y')],
    initializers: { w: W, s: { dtype: 'int64' as const, shape: [2], data: BigInt64Array.of(7n, 1n) } },
    inputs: [{ name: 'x', dtype: 'float32' as const, shape: [7, 4] }],
  };
  const files = await modelFile(folder, fixed, { x: X, target: T });
  const report = await analyze(files.model, { ...OPTIONS, data: files.data });
  expect(report.dynamics?.noise).toBeUndefined();
  expect(report.warnings.join()).toContain('gradients of single samples cannot be computed');
  expect(report.diagnostics.map(({ id }) => id)).not.toContain('gradient-noise');
});
