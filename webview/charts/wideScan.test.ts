import { expect, it } from 'vitest';
import { testTheme } from './testTheme';
import { straightWayChart, wallMarks, wideScanChart, wideScanSummary } from './wideScan';

const scan = { direction: 'gradient', length: 4, alpha: [-1, 0, 0.25, 0.5], loss: [0.25, 0.2, 30, 4e5] };
const cliff = {
  scans: [scan, scan],
  lossScale: 0.25,
  wall: {
    scan: 1,
    growth: 300,
    narrowness: 1,
    fromCentre: 1e4,
    slope: 1e6,
    centreSlope: 4,
    rise: 1e5,
    alpha: [0.25, 0.5],
    foot: { value: 0.6, standardError: 0.01 },
  },
};

it('marks the wall on the scan that found it, at its share of the length', () => {
  expect(wallMarks(cliff, 0)).toEqual({});
  const marks = wallMarks(cliff, 1);
  expect(marks.wall?.foot).toBeCloseTo(0.15, 12);
  expect(wideScanSummary(scan, marks)).toBe('Lowest at the model itself: 0.2. A wall begins at α\u00a0=\u00a00.15.');
});

it('uses a log axis where a wall would hide all else', () => {
  expect(wideScanChart(scan, {}, testTheme).options?.scales?.['y']).toMatchObject({ type: 'logarithmic' });
  const gentle = { ...scan, loss: [2, 1, 3, 4] };
  expect(wideScanChart(gentle, {}, testTheme).options?.scales?.['y']).toMatchObject({ type: 'linear' });
});

it('draws the straight way from the model to the lower place', () => {
  const straight = { share: [0, 0.5, 1], loss: [1, 1.3, NaN] };
  const search = { from: '', startDistance: 1, loss: 0.1, gradients: 1, distance: 2, rise: 0.3, straight };
  expect(straightWayChart(search, testTheme).data.datasets[0]?.data).toEqual([
    { x: 0, y: 1 },
    { x: 0.5, y: 1.3 },
    { x: 1, y: NaN },
  ]);
});
