import { expect, test } from 'vitest';
import { formatExpectedSeconds, formatSeconds } from './time';

test.each([
  [0.0431, '43 ms'],
  [1.238, '1.24 s'],
  [200.2, '3 min 20 s'],
  [NaN, 'NaN'],
])('a measured time of %d seconds is written as %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

test.each([
  [3, 'a few seconds'],
  [44, 'about 40 s'],
  [89, 'about 90 s'],
  [100, 'about 2 min'],
  [4000, 'about 67 min'],
  [8000, 'about 2 h'],
  [48 * 3600, 'about 48 h'],
  [49 * 3600, 'about 2 days'],
])('an expected time of %d seconds is written as %s', (seconds, text) =>
  expect(formatExpectedSeconds(seconds)).toBe(text),
);
