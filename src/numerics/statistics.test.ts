import { expect, it, test } from 'vitest';
import { jackknife, mean, median, standardDeviation, standardError, studentQuantile, sum } from './statistics';

test('a sum keeps what is lost between large terms', () => {
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

test('one value has no spread', () => {
  expect(standardError([1])).toBeNaN();
  expect(jackknife([1])).toBeNaN();
});

test('the jackknife of a mean is its standard error', () => {
  const values = [1, 4, 9, 16, 25.5];
  const leftOut = values.map((_, i) => mean(values.filter((_, j) => j !== i)));
  expect(jackknife(leftOut)).toBeCloseTo(standardError(values), 12);
});

it.each([
  [0.05, 1, 12.7062],
  [0.05, 2, 4.30265],
  [0.05, 5, 2.57058],
  [0.05, 10, 2.22814],
  [0.001, 3, 12.924],
  [0.001, 30, 3.646],
])('finds the quantile of Student’s T for a level of %d with %i degrees of freedom', (level, dof, expected) => {
  expect(studentQuantile(level, dof) / expected).toBeCloseTo(1, 4);
});
