import { expect, test } from 'vitest';
import { known, rotated } from '../../test/unit/symmetricOperators';
import { extremeEigenpairs } from './extremes';
import { hutchinsonTrace } from './hutchinson';
import { slq, slqProbe } from './slq';

const decaying = Array.from({ length: 400 }, (_, i) => (i % 3 ? 1 : -0.5) * 0.98 ** i);

test('intervals of two standard errors cover the trace for 90 % of the seeds', async () => {
  let covered = 0;
  for (let seed = 0; seed < 100; seed++) {
    const op = rotated(decaying, seed);
    const { value, standardError } = await hutchinsonTrace(op, { seed, minProbes: 24, maxProbes: 24 });
    if (Math.abs(value - op.trace) <= 2 * standardError) covered++;
  }
  expect(covered).toBeGreaterThanOrEqual(90);
});

test('stops when the standard error is small enough, and not before', async () => {
  const op = rotated(Array.from({ length: 3000 }, (_, i) => 1 + Math.sin(i)));
  const estimates: { standardError: number; value: number; probes: number }[] = [];
  const result = await hutchinsonTrace(op, {
    seed: 1,
    relativeError: 0.005,
    blockSize: 4,
    onProbes: (estimate) => estimates.push(estimate),
  });
  expect(result.standardError).toBeLessThanOrEqual(0.005 * result.value);
  expect(result.probes).toBe(result.products);
  estimates
    .slice(0, -1)
    .forEach(({ standardError, value, probes }) => expect(probes < 10 || standardError > 0.005 * value).toBe(true));
});

test('a trace near zero stops at the probe limit with the right standard error', async () => {
  const op = rotated([...new Array<number>(200).fill(1), ...new Array<number>(200).fill(-1)]);
  const { products, standardError, value } = await hutchinsonTrace(op, { seed: 1, maxProbes: 50 });
  expect(products).toBe(50);
  expect(Math.abs(value)).toBeLessThan(3.5 * standardError);
});

test('every Rademacher probe gives the exact trace of a diagonal operator', async () => {
  const op = known([1, 2, 3, 4.5], (v) => v.map((x, i) => x * [1, 2, 3, 4.5][i]));
  const { value, standardError, products } = await hutchinsonTrace(op, { seed: 1 });
  expect(value).toBe(10.5);
  expect(standardError).toBe(0);
  expect(products).toBe(16);
});

test('earlier moments count towards the estimate', async () => {
  const op = rotated([2, 2, 2]);
  const { value, probes, products } = await hutchinsonTrace(op, { seed: 1, known: new Array<number>(12).fill(6) });
  expect({ value, probes, products }).toEqual({ value: 6, probes: 12, products: 0 });
});

test('a probe that gives no finite product is named', async () => {
  let count = 0;
  const op = known([1, 1], (v) => (++count === 11 ? Float32Array.of(Infinity, 0) : v));
  await expect(hutchinsonTrace(op, { seed: 1, minProbes: 30 })).rejects.toThrow('trace probe 11');
});

/** A few outliers above a bulk: what networks have. */
const outliers = [...Array.from({ length: 6 }, (_, i) => 60 * 0.7 ** i), ...decaying.map((value) => value / 5)];

test('known eigenpairs reduce the variance, and the interval still covers the trace', async () => {
  let covered = 0;
  let ratio = 0;
  for (let seed = 0; seed < 60; seed++) {
    const op = rotated(outliers, seed);
    const { top } = await extremeEigenpairs(op, { top: 6, bottom: 0, seed, repeated: 'never' });
    const sampled = await slq(op, { probes: 8, steps: 1, seed });
    const options = { seed, minProbes: 24, maxProbes: 16, known: sampled.moments };
    const plain = await hutchinsonTrace(op, options);
    const knownProbe = (index: number) => slqProbe(op.dim, seed, index);
    const aided = await hutchinsonTrace(op, { ...options, knownProbe, eigenpairs: top });
    expect([plain.probes, aided.probes]).toEqual([24, 24]);
    ratio += aided.standardError / plain.standardError / 60;
    if (Math.abs(aided.value - op.trace) <= 2 * aided.standardError) covered++;
  }
  expect(ratio).toBeLessThan(0.2);
  expect(covered).toBeGreaterThanOrEqual(54);
});
