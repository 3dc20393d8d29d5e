import { expect, test } from 'vitest';
import { densitySparkline, sparkline } from './sparkline';

test('eight heights from the smallest to the largest', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([3, 3, 3], 20)).toBe('▁▁▁');
});

test('NaN is a gap and infinities are arrows, in the scale of the others', () => {
  expect(sparkline([0, NaN, Infinity, -Infinity, 7], 20)).toBe('▁ ↑↓█');
  expect(sparkline([NaN, NaN], 20)).toBe('  ');
});

test('peaks survive thinning', () => {
  const values = Array.from({ length: 100 }, (_, i) => (i === 37 ? 1 : 0));
  expect(sparkline(values, 10)).toBe('▁▁▁█▁▁▁▁▁▁');
});

test('densities are drawn by decades, nothing where there is none', () => {
  expect(densitySparkline([1, 1e-3, 1e-9, 0], 10)).toBe('█▁  ');
});
