import { expect, it } from 'vitest';
import { tensor } from '../graph/tensor';
import { findNonFinite } from './nonFinite';

it('finds the first non-finite element and counts all of them', () => {
  expect(findNonFinite(tensor('float32', [4], [1, -Infinity, NaN, 2]))).toEqual({
    index: 1,
    value: -Infinity,
    count: 2,
  });
  expect(findNonFinite(tensor('float64', [1], [NaN]))).toEqual({ index: 0, value: NaN, count: 1 });
});

it('finds nothing among finite numbers', () => {
  expect(findNonFinite(tensor('float32', [2], [3e38, -0]))).toBeNull();
  expect(findNonFinite(tensor('int64', [1], [7]))).toBeNull();
});
