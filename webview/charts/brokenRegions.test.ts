import { expect, it } from 'vitest';
import { brokenRegions } from './brokenRegions';

const plane = {
  x: { direction: 'random', values: [-1, 0, 1] },
  y: { direction: 'gradient', values: [-0.5, 0] },
  loss: [
    [3, 2, NaN],
    [5, 0.5, Infinity],
  ],
};

it('has the cells of a heat map whose loss is not finite, with NaN and ∞ apart', () => {
  expect(brokenRegions(plane, 'heat').areas).toEqual([
    { left: 0.5, right: 1.5, bottom: -0.75, top: -0.25, kind: 'NaN' },
    { left: 0.5, right: 1.5, bottom: -0.25, top: 0.25, kind: '∞' },
  ]);
});

it('has the rectangles between samples where contours cannot interpolate', () => {
  const { areas, kinds } = brokenRegions(plane, 'contour');
  expect(areas).toEqual([{ left: 0, right: 1, bottom: -0.5, top: 0, kind: 'NaN' }]);
  expect(kinds).toEqual(['NaN']);
});

it('outlines them, and the border between NaN and ∞', () => {
  expect(brokenRegions(plane, 'heat').outline).toEqual([
    { from: [0.5, -0.75], to: [0.5, -0.25] },
    { from: [0.5, -0.25], to: [1.5, -0.25] },
    { from: [0.5, -0.25], to: [0.5, 0.25] },
  ]);
  expect(brokenRegions(plane, 'contour').outline).toEqual([{ from: [0, -0.5], to: [0, 0] }]);
});

it('finds nothing on a finite plane', () => {
  const finite = {
    ...plane,
    loss: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  };
  expect(brokenRegions(finite, 'heat')).toEqual({ areas: [], outline: [], kinds: [] });
});
