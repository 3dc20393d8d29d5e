import { expect, it } from 'vitest';
import { rankCorrelation } from './rankCorrelation';

it('is 1 for any rising relation and −1 for any falling one', () => {
  const x = [3, 1, 2, 10, 7];
  expect(rankCorrelation(x, x.map(Math.exp))).toBeCloseTo(1, 12);
  expect(
    rankCorrelation(
      x,
      x.map((v) => -(v ** 3)),
    ),
  ).toBeCloseTo(-1, 12);
});

// Ranks 0, 1½, 1½, 3, 4½, 4½ and 1, 0, 2½, 2½, 5, 4, each with mean 2½: covariance 13¾, variances 16½ and 17, worked by hand.
it('gives equal values their mean rank', () => {
  expect(rankCorrelation([1, 2, 2, 4, 5, 5], [2, 1, 3, 3, 6, 5])).toBeCloseTo(0.8508410435, 9);
});

it('is unknown for a constant', () => {
  expect(rankCorrelation([1, 2, 3], [4, 4, 4])).toBeNaN();
  expect(rankCorrelation([], [])).toBeNaN();
});
