import { describe, expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { colorScale } from './colorMap';
import { atGridPosition, contourLevels, planeContours } from './contours';

function plane(values: number[], f: (x: number, y: number) => number): Plane {
  return {
    x: { direction: 'random', values },
    y: { direction: 'random', values },
    loss: values.map((y) => values.map((x) => f(x, y))),
  };
}

const fine = Array.from({ length: 41 }, (_, i) => (i - 20) / 10);

describe('planeContours', () => {
  it('draws the circles of a paraboloid, in the coordinates of the plane', () => {
    const bowl = plane(fine, (x, y) => x * x + y * y);
    const [contour] = planeContours(bowl, colorScale(bowl.loss.flat(), 'linear'), [1]);
    expect(contour!.lines).toHaveLength(1);
    for (const { x, y } of contour!.lines[0]) expect(Math.hypot(x, y)).toBeCloseTo(1, 2);
  });

  it('interpolates the logarithm on a log scale', () => {
    const cone = plane([0, 1], (x) => (x === 0 ? 1 : 100));
    const [contour] = planeContours(cone, colorScale(cone.loss.flat(), 'log'), [10]);
    for (const { x } of contour!.lines.flat()) expect(x).toBeCloseTo(0.5, 12);
  });

  it('ends a line at the outermost samples instead of following the border', () => {
    const slope = plane(fine, (x) => x);
    const [contour] = planeContours(slope, colorScale(slope.loss.flat(), 'linear'), [0.55]);
    for (const { x } of contour!.lines.flat()) expect(x).toBeCloseTo(0.55, 9);
  });

  it('keeps every point finite even if samples are not', () => {
    const broken = plane(fine, (x, y) => (x > 1 ? NaN : y > 1 ? Infinity : x * x + y * y));
    for (const { areas, lines } of planeContours(broken, colorScale(broken.loss.flat(), 'linear'), [0.5, 1, 1.8])) {
      for (const { x, y } of [...areas, ...lines].flat()) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
    }
  });
});

it('chooses levels inside the range, ascending, with short labels', () => {
  const levels = contourLevels(colorScale([0.40443, 4.482], 'log'));
  expect(levels.length).toBeGreaterThan(8);
  expect(levels).toEqual([...levels].sort((a, b) => a - b));
  expect(levels[0]).toBeGreaterThan(0.40443);
  expect(levels.at(-1)).toBeLessThan(4.482);
});

it('labels levels distinctly even if the plane varies only in the sixth digit', () => {
  expect(contourLevels(colorScale([1, 1.00001], 'linear')).length).toBeGreaterThan(8);
  expect(contourLevels(colorScale([2, 2], 'linear'))).toEqual([]);
});

it('continues the outer spacing beyond the ends', () => {
  expect(atGridPosition([0, 1, 3], 1.5)).toBe(2);
  expect(atGridPosition([0, 1, 3], -0.5)).toBe(-0.5);
  expect(atGridPosition([0, 1, 3], 2.5)).toBe(4);
});
