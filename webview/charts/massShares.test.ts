import { expect, it } from 'vitest';
import type { SpectralSummary } from '../../src/report/sections/spectralSummary';
import { massShares } from './massShares';

const summary: SpectralSummary = {
  frobenius: { value: 1, standardError: 0 },
  effectiveRank: { value: 1, standardError: 0, c: 1 },
  nearZero: { value: 0.7, standardError: 0.02, bound: 1e-4 },
  negative: { value: 100, standardError: 10 },
  outliers: { values: [], bound: 1, complete: true },
};

it('divides all eigenvalues into three shares', () => {
  const { below, within, above, resolved } = massShares(summary, 1000);
  expect([below.value, within.value]).toEqual([0.1, 0.7]);
  expect(above.value).toBeCloseTo(0.2, 12);
  expect(above.standardError).toBeCloseTo(0.03, 12);
  expect(resolved).toBe(true);
});

it('does not divide eigenvalues that the quadrature cannot tell apart', () => {
  const wide = { ...summary, nearZero: { value: 0.5, standardError: 0.5, bound: 1e-4 } };
  expect(massShares(wide, 1000).resolved).toBe(false);
  expect(massShares({ ...summary, negative: { value: 300, standardError: 310 } }, 1000).resolved).toBe(false);
});
