import { expect, test } from 'vitest';
import { BatchSum } from './batchSum';

test('small terms are not lost among many', () => {
  const sum = new BatchSum();
  // In float32, adding 2⁻²⁶ to 1 would round it away.
  sum.add(Float32Array.of(1, 2));
  for (let i = 0; i < 2 ** 10; i++) sum.add(Float32Array.of(2 ** -26, -1));
  expect(sum.result).toEqual(Float32Array.of(1 + 2 ** -16, 2 - 2 ** 10));
});

test('a single batch is not copied', () => {
  const terms = Float32Array.of(1, NaN, -Infinity);
  const sum = new BatchSum();
  sum.add(terms);
  expect(sum.result).toBe(terms);
  expect(() => new BatchSum().result).toThrow();
});
