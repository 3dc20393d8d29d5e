import { expect, it } from 'vitest';
import { rangeOf } from './samplePreview';

it('spreads the values that are finite over the range of all samples', () => {
  expect(
    rangeOf([
      [1, NaN],
      [-3, Infinity],
    ]),
  ).toEqual({ min: -3, max: 1 });
  expect(rangeOf([])).toEqual({ min: 0, max: 1 });
});
