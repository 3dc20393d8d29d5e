import { expect, it } from 'vitest';
import { counted, formatCount, formatExactCount } from './counts';

it('groups whole counts and shortens huge ones', () => {
  expect([61706, 999, 25_557_032, 1.5e9, NaN].map(formatCount)).toEqual([
    '61,706',
    '999',
    '25.6 million',
    '1.5 billion',
    'NaN',
  ]);
  expect(formatExactCount(25_557_032)).toBe('25,557,032');
  const odd = [0, -0, 1000, -1234567, 12.4, 0.6, 2e21, -Infinity];
  expect(odd.map(formatExactCount)).toEqual(['0', '0', '1,000', '−1,234,567', '12', '1', '2 × 10²¹', '−∞']);
});

it('uses the singular or plural of the noun', () => {
  expect([1, 6, 0].map((count) => counted(count, 'direction'))).toEqual([
    '1 direction',
    '6 directions',
    '0 directions',
  ]);
});
