import { expect, it } from 'vitest';
import { valueOf } from '../data/wish';
import { readValue } from './inputValue';

it.each([
  ['16000', 'int64', 16000, [16000]],
  [' 0.5 ', 'float32', 0.5, [0.5]],
  ['false', 'bool', false, [0]],
  ['1, 2,3', 'float32', [1, 2, 3], [1, 2, 3]],
  ['[1, 2]', 'int32', [1, 2], [1, 2]],
  ['-inf', 'float32', '-inf', [-Infinity]],
])('accepts «%s» for %s and reads it as the analysis does', (text, dtype, value, numbers) => {
  const read = readValue(text, dtype);
  expect(read).toEqual({ value });
  if ('value' in read) expect([...(valueOf(read.value)?.data ?? [])]).toEqual(numbers);
});

it.each([
  ['', 'float32', 'Write a value'],
  ['1,', 'float32', 'Write a value'],
  ['x0', 'float32', '«x0» is not a number. Write a number such as 0.5.'],
  ['maybe', 'bool', 'Write true or false'],
  ['1.5', 'int64', 'whole numbers only (int64)'],
  ['nan', 'float32', 'not a number'],
])('says what is wrong with «%s» for %s', (text, dtype, fault) => {
  expect(readValue(text, dtype)).toEqual({ fault: expect.stringContaining(fault) as string });
});
