import { expect, test } from 'vitest';
import { innerProducts, rotateInPlace, subtractCombination } from './columns';
import { gaussianVector, random } from './random';
import { axpy, dot } from './vectors';

const columnsOf = (count: number, dim: number) =>
  Array.from({ length: count }, (_, i) => gaussianVector(dim, random(7, i)));

test.each([0, 1, 3, 4, 5, 8, 11])('blocked products with %i columns equal one dot product per column', (count) => {
  const columns = columnsOf(count, 501);
  const w = gaussianVector(501, random(8));
  const result = innerProducts(columns, w);
  expect(result.length).toBe(count);
  columns.forEach((q, j) => expect(result[j]).toBeCloseTo(dot(q, w), 10));
});

test.each([0, 1, 3, 4, 5, 8, 11])('subtracting a combination of %i columns equals one axpy per column', (count) => {
  const columns = columnsOf(count, 501);
  const c = Array.from({ length: count }, (_, j) => Math.cos(j));
  const w = gaussianVector(501, random(8));
  const expected = Float32Array.from(w);
  columns.forEach((q, j) => axpy(-c[j]!, q, expected));
  subtractCombination(w, columns, c);
  w.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6));
});

test.each([1, 2047, 2048, 5000])('rotating %i rows in place equals the product with the small matrix', (dim) => {
  const columns = columnsOf(5, dim);
  const original = columns.map((q) => Float32Array.from(q));
  const s = [
    [1, 2, 3, 4, 5],
    [0, 0, 0, 0, 1],
  ];
  rotateInPlace(columns, s);
  expect(columns.length).toBe(2);
  for (const i of [0, dim >> 1, dim - 1]) {
    expect(columns[0]![i]).toBeCloseTo(
      original.reduce((total, q, j) => total + (j + 1) * q[i]!, 0),
      5,
    );
    expect(columns[1]![i]).toBe(original[4]![i]);
  }
});

test('more vectors than there are cannot be made in place', () => {
  expect(() => rotateInPlace(columnsOf(1, 3), [[1], [1]])).toThrow('Cannot make 2 vectors of 1');
});
