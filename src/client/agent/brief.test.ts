import { expect, test } from 'vitest';
import { brief } from './brief';

test('long lists keep their length and both ends, at every depth', () => {
  const long = Array.from({ length: 1000 }, (_, i) => i);
  expect(brief({ a: [{ density: long, sigma: 2 }], short: [1, 2] })).toEqual({
    a: [{ density: { length: 1000, first: long.slice(0, 8), last: long.slice(992) }, sigma: 2 }],
    short: [1, 2],
  });
});
