import { expect, test } from 'vitest';
import { rotated } from '../../test/unit/symmetricOperators';
import { extremeEigenpairs } from './extremes';
import { slq, slqProbe } from './slq';
import { knownTo, outliersOf, risingSum, spectralSum, summarize } from './spectralSums';
import type { SampledSpectrum } from './spectralSums';

const OUTLIERS = [60, 42, 30, 21, 15, -12];
const eigenvalues = [...OUTLIERS, ...Array.from({ length: 994 }, (_, i) => (i % 2 ? 0.3 : 0) * Math.cos(i))];

async function sample(seed: number, pairs: number, probes = 8) {
  const op = rotated(eigenvalues, seed);
  const { ritz } = await slq(op, { probes, steps: 40, seed });
  const ends = await extremeEigenpairs(op, { top: pairs, bottom: pairs ? 1 : 0, seed, repeated: 'never' });
  const known = knownTo([...ends.top, ...ends.bottom], probes, (j) => slqProbe(op.dim, seed, j));
  const ritzValues = ends.ritzValues.map((value, i) => ({ value, residual: ends.ritzResiduals[i] }));
  return { sampled: { dim: op.dim, ritz, known, exact: false } as SampledSpectrum, ritzValues };
}

const FUNCTIONS: [string, typeof spectralSum, (x: number) => number][] = [
  ['trace', spectralSum, (x) => x],
  ['square', spectralSum, (x) => x * x],
  ['effective rank, c far above the bulk', risingSum, (x) => (x > 0 ? x / (x + 6) : 0)],
  ['effective rank, c inside the bulk', risingSum, (x) => (x > 0 ? x / (x + 0.06) : 0)],
];

test.each(FUNCTIONS)('two standard errors cover the %s, and known pairs narrow them', async (name, sum, f) => {
  const truth = eigenvalues.reduce((total, value) => total + f(value), 0);
  let [covered, narrower] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const plain = sum((await sample(seed, 0)).sampled, f);
    const aided = sum((await sample(seed, 5)).sampled, f);
    if (Math.abs(aided.value - truth) <= 2.4 * aided.standardError) covered++;
    if (aided.standardError < plain.standardError) narrower++;
  }
  expect(covered).toBeGreaterThanOrEqual(17);
  if (!name.endsWith('inside the bulk')) expect(narrower).toBe(20);
});

test('an effective rank that the nodes resolve has a small error', async () => {
  // Positive semidefinite, as a Gauss-Newton matrix is: the pole at −c lies outside the spectrum.
  const op = rotated(eigenvalues.map(Math.abs));
  const { ritz } = await slq(op, { probes: 8, steps: 60, seed: 1 });
  const f = (x: number) => x / (x + 0.6);
  const { value, standardError } = risingSum({ dim: op.dim, ritz, known: [], exact: false }, f);
  const truth = op.eigenvalues.reduce((total, x) => total + f(x), 0);
  expect(Math.abs(value - truth)).toBeLessThan(3 * standardError);
  expect(standardError / truth).toBeLessThan(0.02);
});

test('a spectrum with a gap is summarised by its mass at zero, negative eigenvalues and outliers', async () => {
  const { sampled, ritzValues } = await sample(1, 5);
  const summary = summarize(sampled, { noiseFloor: 1e-3, ritzValues });
  const truth = (inside: (x: number) => boolean) => eigenvalues.filter(inside).length;
  expect(summary.frobenius.value / Math.hypot(...eigenvalues)).toBeCloseTo(1, 2);
  const near = truth((x) => Math.abs(x) <= 1e-3) / eigenvalues.length;
  expect(Math.abs(summary.nearZero.value - near)).toBeLessThan(1.5 * summary.nearZero.standardError!);
  const negative = truth((x) => x < -1e-3);
  expect(Math.abs(summary.negative.value - negative)).toBeLessThan(1.5 * summary.negative.standardError!);
  expect(summary.outliers.complete).toBe(true);
  expect(summary.outliers.values).toHaveLength(OUTLIERS.length);
  summary.outliers.values.forEach((value, i) => expect(value / OUTLIERS[i]).toBeCloseTo(1, 3));
  expect(summary.outliers.bound).toBeGreaterThan(0.3);
  expect(summary.outliers.bound).toBeLessThan(12);
});

test('a fully known spectrum has zero standard errors', () => {
  const nodes = [-1, 0, 0, 2, 4];
  const ritz = [{ nodes, weights: nodes.map(() => 0.2) }];
  const sampled: SampledSpectrum = { dim: 5, ritz, known: [], exact: true };
  const summary = summarize(sampled, {
    noiseFloor: 0.1,
    ritzValues: nodes.map((value) => ({ value, residual: 0 })),
  });
  expect(summary.frobenius.value).toBeCloseTo(Math.sqrt(21), 12);
  expect(summary.nearZero.value).toBeCloseTo(0.4, 12);
  expect(summary.negative.value).toBeCloseTo(1, 12);
  expect([summary.frobenius, summary.nearZero, summary.negative].map(({ standardError }) => standardError)).toEqual([
    0, 0, 0,
  ]);
});

test('an unconverged Ritz value is not counted as an outlier, and the count is marked incomplete', () => {
  const ritz = [{ nodes: [0, 10], weights: [0.999, 0.001] }];
  const outliers = outliersOf(ritz, [
    { value: 0, residual: 0.1 },
    { value: 10, residual: 0 },
    { value: 8, residual: 3 },
  ]);
  expect(outliers.values).toEqual([10]);
  expect(outliers.complete).toBe(false);
});

test('a single probe gives no standard errors', async () => {
  const { sampled, ritzValues } = await sample(1, 1);
  const known = sampled.known.map(({ value, seen }) => ({ value, seen: seen.slice(0, 1) }));
  const single = { ...sampled, ritz: sampled.ritz.slice(0, 1), known };
  const { effectiveRank, nearZero, frobenius } = summarize(single, { noiseFloor: 1e-3, ritzValues });
  for (const estimate of [effectiveRank, nearZero, frobenius]) {
    expect(estimate.value).toBeGreaterThan(0);
    expect(estimate).not.toHaveProperty('standardError');
  }
});

test('a semidefinite matrix has no negative eigenvalues, and values rounded below zero count as zero', () => {
  const nodes = [-1e-9, 0, 0, 2, 4];
  const ritz = [{ nodes, weights: nodes.map(() => 0.2) }];
  const sampled: SampledSpectrum = { dim: 5, ritz, known: [], exact: true, semidefinite: true };
  const ritzValues = nodes.map((value) => ({ value, residual: 0 }));
  const { negative, nearZero } = summarize(sampled, { noiseFloor: 1e-10, ritzValues });
  expect(negative).toEqual({ value: 0, standardError: 0 });
  expect(nearZero.value).toBeCloseTo(0.6, 12);
});
