import { expect, it } from 'vitest';
import { widestGain } from './summit';

const grid = Array.from({ length: 11 }, (_, i) => i / 10);

it('finds the peak of two straight pieces between the points', () => {
  const tent = (x: number) => Math.min(2 * x, 3 * (1 - x));
  // With the peak on a point there is nothing to find.
  expect(widestGain(grid, grid.map(tent))?.rise ?? 0).toBeLessThan(1e-9);
  const shifted = grid.map((x) => tent(x - 0.037));
  const peak = widestGain(grid, shifted)!;
  expect(peak.at).toBeCloseTo(0.637, 10);
  expect(peak.rise).toBeCloseTo(1.2 - Math.max(...shifted), 10);
});

it('bounds a concave function from above', () => {
  for (const peak of [0.31, 0.5, 0.77, 0.02, 0.99]) {
    const y = grid.map((x) => -((x - peak) ** 2));
    const { rise } = widestGain(grid, y)!;
    expect(Math.max(...y) + rise).toBeGreaterThanOrEqual(0);
  }
});

it('finds nothing above a convex function', () => {
  expect(
    widestGain(
      grid,
      grid.map((x) => x ** 2),
    ),
  ).toBeNull();
});

it('looks where a lower summit may hide a higher peak', () => {
  const y = [0, 0.95, 0.95, 0, 0, 1, 0, 0, 0, 0, 0];
  expect(widestGain(grid, y)!.at).toBeCloseTo(0.15, 10);
});
