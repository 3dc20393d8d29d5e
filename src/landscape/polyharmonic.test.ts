import { expect, test } from 'vitest';
import { PolyharmonicWeights } from './polyharmonic';

/** Scattered nodes around the origin. */
const X = [-1, 1, 0, 0, 2, -2, 1, -3, 3, 2];
const Y = [0, 1, -1, 2, -1, 2, -3, -1, 1, 3];
const weightsAtOrigin = (x: readonly number[], y: readonly number[]) => new PolyharmonicWeights(12).atOrigin(x, y);
const sum = (weights: readonly number[], value: (i: number) => number) =>
  weights.reduce((total, weight, i) => total + weight * value(i), 0);
const distance = (i: number, j: number) => Math.hypot(X[i] - X[j], Y[i] - Y[j]);

test('polynomials of degree two are reproduced', () => {
  const quadratic = (x: number, y: number) => 2 - x + 3 * y + x * x - 2 * x * y + 0.5 * y * y;
  const { cubic, quintic } = weightsAtOrigin(X, Y)!;
  for (const weights of [cubic, quintic]) {
    expect(sum(weights, (i) => quadratic(X[i], Y[i]))).toBeCloseTo(2, 10);
  }
});

test('on a line, too, and straight lines where there are only two nodes', () => {
  const { quintic } = weightsAtOrigin([-2, -1, 1, 3], [0, 0, 0, 0])!;
  expect(sum(quintic, (i) => 1 + [-2, -1, 1, 3][i] ** 2)).toBeCloseTo(1, 10);
  const two = weightsAtOrigin([-1, 3], [0, 0])!;
  expect(two.cubic).toEqual([expect.closeTo(0.75, 10), expect.closeTo(0.25, 10)]);
});

test('the deviation is the power function: the form of the kernel at the error of the weights', () => {
  const { cubic: weights, deviation } = weightsAtOrigin(X, Y)!;
  const kernel = (r: number) => r ** 3;
  const among = sum(weights, (i) => sum(weights, (j) => kernel(distance(i, j))));
  const toOrigin = sum(weights, (i) => kernel(Math.hypot(X[i], Y[i])));
  expect(deviation ** 2).toBeCloseTo(among - 2 * toOrigin, 8);
});

test('the deviation grows with the power 3/2 of the distances, and the weights stay', () => {
  const at = (scale: number) => {
    const scaled = (places: readonly number[]) => places.map((place) => scale * place);
    return weightsAtOrigin(scaled(X), scaled(Y))!;
  };
  const [near, far] = [at(1), at(4)];
  expect(far.deviation / near.deviation).toBeCloseTo(8, 8);
  far.cubic.forEach((weight, i) => expect(weight).toBeCloseTo(near.cubic[i], 8));
});

test('nodes on a line beside the point say nothing about it', () => {
  expect(weightsAtOrigin([1, 1, 1, 1], [-1, 0, 1, 2])).toBeNull();
});
