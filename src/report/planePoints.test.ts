import { expect, it } from 'vitest';
import type { Plane, Report } from './report';
import { withPoint, withPointsOf } from './planePoints';

const plane = (x: string, y: string): Plane => ({
  x: { direction: x, values: [-1, 0, 1] },
  y: { direction: y, values: [-1, 0, 1] },
  loss: [
    [2, 1, 2],
    [1, 0, 1],
    [2, 1, 2],
  ],
});
const TOP = { x: 'top/1', y: 'top/2' };
const report = { planes: [plane('random', 'random'), plane('top/1', 'top/2')] } as Report;

it('adds a point to its plane alone, and replaces one measured before', () => {
  const once = withPoint(report, TOP, { x: 0.5, y: -0.5, loss: 3 });
  const twice = withPoint(withPoint(once, TOP, { x: 0, y: 0, loss: 1 }), TOP, { x: 0.5, y: -0.5, loss: 4 });
  expect(twice.planes[0].points).toBeUndefined();
  expect(twice.planes[1].points).toEqual([
    { x: 0, y: 0, loss: 1 },
    { x: 0.5, y: -0.5, loss: 4 },
  ]);
  expect(report.planes[1].points).toBeUndefined();
});

it('keeps the points of an earlier copy on the planes that both have', () => {
  const earlier = withPoint(withPoint(report, { x: 'random', y: 'random' }, { x: 1, y: 1, loss: 2 }), TOP, {
    x: 0,
    y: 0,
    loss: 1,
  });
  const fewer = { planes: [report.planes[1]] } as Report;
  expect(withPointsOf(fewer, earlier).planes.map(({ points }) => points)).toEqual([[{ x: 0, y: 0, loss: 1 }]]);
  expect(withPointsOf(report, report)).toBe(report);
});
