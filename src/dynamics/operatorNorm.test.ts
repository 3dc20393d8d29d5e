import { expect, it } from 'vitest';
import { operatorNorm } from './operatorNorm';

const matrix = { filters: { outer: 1, filters: 2, inner: 3 } };

it('is the largest singular value of a matrix', () => {
  // A = diag(3, 1) with a column of zeros.
  expect(operatorNorm(Float32Array.of(3, 0, 0, 0, 1, 0), matrix)).toBeCloseTo(3, 5);
});

it('is the product of the lengths of an outer product', () => {
  const [u, v] = [
    [1, -2],
    [2, 1, 2],
  ];
  const outer = Float32Array.from(u.flatMap((a) => v.map((b) => a * b)));
  expect(operatorNorm(outer, matrix)).toBeCloseTo(Math.sqrt(5) * 3, 5);
});

it('takes the outputs of a transposed weight as its rows', () => {
  // [inputs 2, outputs 2, 1]: the filters are the columns.
  const transposed = { filters: { outer: 2, filters: 2, inner: 1 } };
  // Singular values of [[3, 0], [4, 5]] are √45 and √5.
  expect(operatorNorm(Float32Array.of(3, 0, 4, 5), transposed)).toBeCloseTo(Math.sqrt(45), 3);
});

it('is the largest entry of a bias, and 0 for zeros', () => {
  expect(operatorNorm(Float32Array.of(1, -7, 3), { filters: null })).toBe(7);
  expect(operatorNorm(new Float32Array(6), matrix)).toBe(0);
});
