import { expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { colorScale } from './colorMap';
import { lossOnPlane } from './planeLoss';
import { placeMarks } from './surfaceMarks';

const plane: Plane = {
  x: { direction: 'pca/1', values: [0, 1, 3] },
  y: { direction: 'pca/2', values: [0, 2] },
  loss: [
    [0, 1, 3],
    [4, 5, 7],
  ],
};
const scale = colorScale([...plane.loss.flat(), 10], 'linear');

it('reads a loss that is linear in both axes anywhere on the plane', () => {
  for (const [x, y] of [
    [0, 0],
    [2, 0.5],
    [3, 2],
  ] as const)
    expect(lossOnPlane(plane, scale, { x, y })).toBeCloseTo(x + 2 * y, 12);
  expect(lossOnPlane(plane, scale, { x: 3.1, y: 0 })).toBeNaN();
  expect(lossOnPlane({ ...plane, loss: [[NaN, 1, 3], plane.loss[1]] }, scale, { x: 0.5, y: 0 })).toBeNaN();
});

it('places a point at the height of its own loss, with a stem to the surface', () => {
  const point = { x: 1.5, y: 1, kind: 'checkpoint' as const, text: [], loss: 10 };
  const marks = placeMarks(plane, scale, { points: [point, { ...point, x: 3, loss: 5 }], joined: true });
  // The loss 10 is the top of the box of height 0.5; the surface at (1.5, 1) has 3.5 of 10.
  expect(marks.places[0]).toEqual([0, 0.25, 0]);
  expect(marks.rods.map(({ kind }) => kind)).toEqual(['path', 'stem', 'stem']);
  expect(marks.rods[1].to[1]).toBeCloseTo(-0.25 + 0.5 * 0.35, 12);
});

it('leaves out points without a place, and goes on with the path behind them', () => {
  const at = (x: number) => ({ x, y: 1, kind: 'checkpoint' as const, text: [], loss: 1 });
  const marks = placeMarks(plane, scale, { points: [at(0), at(NaN), at(3)], joined: true });
  expect(marks.places[1]).toBeNull();
  expect(marks.balls).toHaveLength(2);
  expect(marks.rods.filter(({ kind }) => kind === 'path')).toHaveLength(1);
});
