import { expect, test } from 'vitest';
import { jackknife, mean, median, quantile, standardDeviation, standardError, sum } from './statistics';

test('a sum keeps small terms between large ones', () => {
  expect(sum([1, 1e100, 1, -1e100])).toBe(2);
  expect(sum(new Array<number>(1e6).fill(0.1))).toBe(1e5);
  expect(sum([1, Infinity])).toBe(Infinity);
  expect(sum([1, NaN])).toBeNaN();
  expect(sum([])).toBe(0);
});

test('mean, deviation, standard error and median of a known sample', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  expect(mean(values)).toBe(5);
  expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 14);
  expect(standardError(values)).toBeCloseTo(Math.sqrt(32 / 7 / 8), 14);
  expect(median(values)).toBe(4.5);
  expect(median([3, 1, 2])).toBe(2);
});

test('quantiles lie between order statistics, and infinite values count', () => {
  expect([0, 0.25, 0.5, 1].map((p) => quantile([4, 1, 3, 2], p))).toEqual([1, 1.75, 2.5, 4]);
  expect([0.25, 0.5, 0.75].map((p) => quantile([1, Infinity, 2, 3, Infinity], p))).toEqual([2, 3, Infinity]);
  expect(quantile([1, Infinity], 0.5)).toBe(Infinity);
  expect(quantile([], 0.5)).toBeNaN();
});

test('one value has no spread', () => {
  expect(standardError([1])).toBeNaN();
  expect(jackknife([1])).toBeNaN();
});

test('the jackknife of a mean is its standard error', () => {
  const values = [1, 4, 9, 16, 25.5];
  const leftOut = values.map((_, i) => mean(values.filter((_, j) => j !== i)));
  expect(jackknife(leftOut)).toBeCloseTo(standardError(values), 12);
});
