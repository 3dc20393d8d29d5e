import { expect, it } from 'vitest';
import { featureScales } from './featureScales';

/** The corners of a square, of side 2·scale along each axis, around a centre. */
const square = (scales: readonly number[], centre: readonly number[] = [0, 0]) =>
  [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ].flatMap((corner) => corner.map((sign, i) => centre[i] + sign * scales[i]));

it('finds the condition number of features of unequal scale, and the 1 that standardizing leaves', () => {
  const found = featureScales(square([0.01, 100]), 2)!;
  expect(found.deviation.least).toBeCloseTo(0.01, 12);
  expect(found.deviation.greatest).toBeCloseTo(100, 9);
  // Moments 1e-4, 1e4 and 1.
  expect(found.condition / 1e8).toBeCloseTo(1, 6);
  expect(found.standardized).toBeCloseTo(1, 9);
});

it('counts a mean against the bias', () => {
  // [[1 + m², m], [m, 1]] with m = 3 has eigenvalues (11 ± √(121 − 4))/2.
  const { condition, offCentre } = featureScales(square([1, 1], [3, 0]), 2)!;
  expect(condition).toBeCloseTo((11 + Math.sqrt(117)) / (11 - Math.sqrt(117)), 6);
  expect(offCentre).toBeCloseTo(3, 9);
});

it('leaves correlation in', () => {
  // Covariance [[1, 1], [1, 1.25]]
  const { standardized } = featureScales([1, 1.5, 1, 0.5, -1, -0.5, -1, -1.5], 2)!;
  const correlation = 1 / Math.sqrt(1.25);
  expect(standardized).toBeCloseTo((1 + correlation) / (1 - correlation), 6);
});

it('leaves constant features out, and says where features depend on each other', () => {
  expect(featureScales([1, 7, 2, 7, 3, 7], 2)).toMatchObject({
    constant: 1,
    deviation: { least: expect.closeTo(Math.sqrt(2 / 3), 9) as number },
  });
  expect(featureScales([1, 2, 2, 4, 4, 8], 2)!.standardized).toBe(Infinity);
});

it('says nothing of one sample or one feature', () => {
  expect(featureScales([1, 2], 2)).toBeNull();
  expect(featureScales([1, 2, 3], 1)).toBeNull();
});
