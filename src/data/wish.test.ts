import { expect, test } from 'vitest';
import { keyOf, valueOf } from './wish';

test.each([
  ['16000', [], [16000]],
  ['-1e-3', [], [-0.001]],
  ['true', [], [1]],
  [false, [], [0]],
  ['1, 2,3', [3], [1, 2, 3]],
  ['[[1,2],[3,-inf]]', [2, 2], [1, 2, 3, -Infinity]],
  [
    [[0.5], [1]],
    [2, 1],
    [0.5, 1],
  ],
])('%j is a value', (wish, shape, values) => {
  expect(valueOf(wish)).toEqual({ dtype: 'float64', shape, data: Float64Array.from(values) });
});

test.each(['x_train', '', '1,,2', '[1,2', '[[1,2],[3]]', '[1,[2]]', '1 2'])('«%s» is not a value', (text) => {
  expect(valueOf(text)).toBeNull();
});

test('text that is a key of the data is a key, even if it looks like a number', () => {
  expect(keyOf('0', ['0', '1'])).toBe('0');
  expect(keyOf('2', ['0', '1'])).toBeNull();
  expect(keyOf('y', ['0', '1'])).toBe('y');
  expect(keyOf(0, ['0', '1'])).toBeNull();
});
