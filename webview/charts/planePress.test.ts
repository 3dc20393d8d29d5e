import { expect, it, vi } from 'vitest';
import type { Plane } from '../../src/report/report';
import { pressPlane } from './planePress';
import type { PlaneMark } from './planePoints';

const plane: Plane = {
  x: { direction: 'random', values: [-1, 0, 1] },
  y: { direction: 'random', values: [-1, 0, 1] },
  loss: [
    [1, 1, 1],
    [1, 0, 1],
    [1, 1, 1],
  ],
};
const mark = (kind: PlaneMark['kind']): PlaneMark => ({ x: 0.123456789, y: 0, kind, text: [] });

it('asks for a place in decimals that can be read', () => {
  const ask = vi.fn();
  pressPlane(plane, { points: [], ask }, undefined, { x: 0.123456789, y: -1e-9 });
  expect(ask).toHaveBeenCalledWith({ x: 0.123, y: 0 });
});

it('chooses a mark, and asks for its place to the last digit', () => {
  const [ask, choose] = [vi.fn(), vi.fn()];
  pressPlane(plane, { points: [mark('centre'), mark('minimum')], ask, choose }, 1, { x: 0.5, y: 0.5 });
  expect(choose).toHaveBeenCalledWith(1);
  expect(ask).toHaveBeenCalledWith({ x: 0.123456789, y: 0 });
});

it('measures no point twice, and nothing beside the plane', () => {
  const ask = vi.fn();
  pressPlane(plane, { points: [mark('measured')], ask }, 0, { x: 0.1, y: 0 });
  pressPlane(plane, { points: [], ask }, undefined, null);
  expect(ask).not.toHaveBeenCalled();
});
