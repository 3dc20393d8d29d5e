import { expect, test } from 'vitest';
import { densitySparkline, sparkline } from './sparkline';

test('uses eight heights from the smallest to the largest value', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([3, 3, 3], 20)).toBe('▁▁▁');
});

test('draws values that differ by rounding alone as level', () => {
  expect(sparkline([0.146 + 1e-9, 0.146, 0.146], 20)).toBe('▁▁▁');
  expect(sparkline([0.146 + 1e-5, 0.146, 0.146], 20)).toBe('█▁▁');
});

test('draws NaN as a gap and infinities as arrows, without changing the scale', () => {
  expect(sparkline([0, NaN, Infinity, -Infinity, 7], 20)).toBe('▁ ↑↓█');
  expect(sparkline([NaN, NaN], 20)).toBe('  ');
});

test('keeps peaks when it thins out points', () => {
  const values = Array.from({ length: 100 }, (_, i) => (i === 37 ? 1 : 0));
  expect(sparkline(values, 10)).toBe('▁▁▁█▁▁▁▁▁▁');
});

test('draws densities on a logarithmic scale, with a gap where the density is zero', () => {
  expect(densitySparkline([1, 1e-3, 1e-9, 0], 10)).toBe('█▁  ');
});
