import { expect, it } from 'vitest';
import { massShares } from './massShares';

it('divides all eigenvalues into three, those at the bound counted as zero', () => {
  const shares = massShares({ all: [-2, -0.1, 0, 0, 0.1, 0.1, 5, 6] }, 0.1)!;
  expect([shares.below.value, shares.within.value, shares.above.value]).toEqual([1 / 8, 5 / 8, 2 / 8]);
});

it('counts exact zeros once where the bound is zero', () => {
  const shares = massShares({ all: [-1, 0, 0, 1] }, 0)!;
  expect([shares.below.value, shares.within.value, shares.above.value]).toEqual([0.25, 0.5, 0.25]);
});

it('tells the spread over probes, and does not claim one for a single probe', () => {
  const probe = { nodes: [-1, 0, 3], weights: [0.2, 0.7, 0.1] };
  const other = { nodes: [-1, 0, 3], weights: [0.3, 0.6, 0.1] };
  expect(massShares({ ritz: [probe, other] }, 0.5)!.below).toEqual({
    value: 0.25,
    standardError: expect.closeTo(0.05) as number,
  });
  expect(massShares({ ritz: [probe] }, 0.5)!.below.standardError).toBeNaN();
  expect(massShares({}, 0.5)).toBeNull();
});
