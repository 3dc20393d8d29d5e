import { expect, test } from 'vitest';
import { nestedMeshes, pointsOf } from './grid';
import { interpolate, interpolateTo } from './interpolate';

test('a cubic is reproduced, even on uneven, descending and short axes', () => {
  const cubic = (x: number) => 2 - x + 3 * x ** 2 - 0.5 * x ** 3;
  for (const at of [
    [-1, -0.2, 0, 0.7, 2, 2.5],
    [2.5, 2, 0.7, 0, -0.2, -1],
  ]) {
    for (const x of [-0.9, -0.1, 0.3, 1.9, 2.4]) expect(interpolate(at, at.map(cubic), x)).toBeCloseTo(cubic(x), 12);
  }
  expect(interpolate([0, 1], [4, 6], 0.25)).toBeCloseTo(4.5, 12);
});

test('the error of a smooth function falls with the fourth power of the spacing', () => {
  const error = (n: number) => {
    const at = Array.from({ length: n + 1 }, (_, i) => i / n);
    return Math.abs(interpolate(at, at.map(Math.exp), 0.5 + 0.5 / n)! - Math.exp(0.5 + 0.5 / n));
  };
  expect(error(8) / error(16)).toBeGreaterThan(14);
  expect(error(8)).toBeLessThan(((3 / 128) * Math.exp(0.9)) / 8 ** 4);
});

test('beside a hole the interpolation uses one side only, and is undefined at the edge of the hole', () => {
  const at = [0, 1, 2, 3, 4, 5];
  expect(interpolate(at, [0, 1, 2, NaN, 100, 100], 1.5)).toBeCloseTo(1.5, 12);
  expect(interpolate(at, [0, 1, 2, undefined, 100, 100], 1.5)).toBeCloseTo(1.5, 12);
  expect(interpolate(at, [0, 1, 2, NaN, 4, 5], 2.5)).toBeUndefined();
  expect(interpolate(at, [0, 1, Infinity, NaN, 4, 5], 2.5)).toBeUndefined();
  expect(interpolate(at, [0, 1, NaN, NaN, 4, 5], 2.5)).toBeNaN();
  expect(interpolate(at, [0, 1, Infinity, Infinity, 4, 5], 2.5)).toBe(Infinity);
});

test('a positive loss stays positive beside a steep wall', () => {
  const value = interpolate([0, 1, 2, 3], [1000, 0.1, 0.1, 0.1], 1.5)!;
  expect(value).toBeGreaterThan(0);
});

test('a plane is interpolated along both axes', () => {
  const xs = Array.from({ length: 9 }, (_, i) => i - 4);
  const f = (x: number, y: number) => 1 + x ** 3 - 2 * x * y ** 2 + y;
  const [coarse, fine] = nestedMeshes(9, 9, [4, 4]);
  const values = new Array<number | undefined>(81).fill(undefined);
  for (const p of pointsOf(coarse, 9)) values[p] = f(xs[p % 9], xs[Math.floor(p / 9)]);
  interpolateTo(fine, coarse, values, xs, xs).forEach((value, p) =>
    expect(value).toBeCloseTo(f(xs[p % 9], xs[Math.floor(p / 9)]), 10),
  );
});
