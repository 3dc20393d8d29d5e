import { expect, test } from 'vitest';
import { evenGroupSize, turnGroupSize } from './evenGroups';

test.each([
  [10, 8, 5],
  [12, 8, 6],
  [8, 8, 8],
  [3, 8, 3],
  [10, 3, 3],
  [1, 1, 1],
])('%i items, at most %i at once, form groups of %i', (count, most, size) => {
  expect(evenGroupSize(count, most)).toBe(size);
});

test('makes two alternating groups of items that would fill one', () => {
  expect([1, 4, 9, 10, 11, 20, 25].map((count) => turnGroupSize(count, 10))).toEqual([1, 4, 9, 5, 6, 10, 9]);
  expect(turnGroupSize(1, 1)).toBe(1);
});
