import { expect, test } from 'vitest';
import { gaussianVector, random } from './random';
import { axpy, dot, norm, normalize, scale, scaled } from './vectors';

test('a dot product of float32 vectors accumulates in float64', () => {
  // 1 + 2⁻²⁰ is a float32 number, but a float32 sum beyond 8 has no room for its last bit.
  const x = new Float32Array(1_000_003).fill(1);
  const y = new Float32Array(1_000_003).fill(1 + 2 ** -20);
  expect(dot(x, y)).toBeCloseTo(1_000_003 * (1 + 2 ** -20), 6);
});

test.each([0, 1, 2, 3, 4, 5, 7, 8, 1023])('every element of a vector of length %i counts once', (length) => {
  const x = Float32Array.from({ length }, (_, i) => i + 1);
  const ones = new Float32Array(length).fill(1);
  expect(dot(x, ones)).toBe((length * (length + 1)) / 2);
});

test('axpy, scale and scaled do what their formulas say', () => {
  const x = Float32Array.of(1, 2, 3);
  const y = Float32Array.of(10, 20, 30);
  axpy(2, x, y);
  expect([...y]).toEqual([12, 24, 36]);
  expect([...scaled(-1, x)]).toEqual([-1, -2, -3]);
  scale(3, x);
  expect([...x]).toEqual([3, 6, 9]);
});

test('norms of very small and very large vectors neither vanish nor overflow', () => {
  expect(norm(Float32Array.of(3e-30, 4e-30))).toBeCloseTo(5e-30, 36);
  expect(norm(Float32Array.of(3e30, 4e30)) / 5e30).toBeCloseTo(1, 6);
});

test('normalize returns the length it had and leaves zero alone', () => {
  const x = gaussianVector(1000, random(1));
  const before = norm(x);
  expect(normalize(x)).toBe(before);
  expect(norm(x)).toBeCloseTo(1, 6);
  const zero = new Float32Array(3);
  expect(normalize(zero)).toBe(0);
  expect([...zero]).toEqual([0, 0, 0]);
});

test('vectors of different lengths are refused', () => {
  expect(() => dot(new Float32Array(2), new Float32Array(3))).toThrow('2 and 3');
});
