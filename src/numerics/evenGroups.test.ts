import { expect, test } from 'vitest';
import { evenGroupSize } from './evenGroups';

test.each([
  [10, 8, 5],
  [12, 8, 6],
  [8, 8, 8],
  [3, 8, 3],
  [10, 3, 3],
  [1, 1, 1],
])('%i things, at most %i together, go in groups of %i', (count, most, size) => {
  expect(evenGroupSize(count, most)).toBe(size);
});
