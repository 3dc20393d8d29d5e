import { expect, it } from 'vitest';
import { dot } from '../numerics/vectors';
import { combined, planeAxes } from './planeAxes';

const u = Float32Array.of(3, 0, 4, 0);
const v = Float32Array.of(1, 2, -1, 5);

it('makes two unit vectors at right angles', () => {
  const axes = planeAxes(u, v)!;
  const [x, y] = [combined(axes.x, u, v), combined(axes.y, u, v)];
  expect(dot(x, x)).toBeCloseTo(1, 6);
  expect(dot(y, y)).toBeCloseTo(1, 6);
  expect(dot(x, y)).toBeCloseTo(0, 6);
});

it('places the models so that their distances are those of their parameters', () => {
  const axes = planeAxes(u, v)!;
  const [x, y] = [combined(axes.x, u, v), combined(axes.y, u, v)];
  for (const [i, offset] of [u, v].entries()) {
    const [px, py] = axes.positions[i + 1];
    const there = x.map((value, k) => px * value + py * y[k]);
    offset.forEach((value, k) => expect(there[k]).toBeCloseTo(value, 5));
  }
  expect(axes.positions[0]).toEqual([0, 0]);
});

it('knows no plane through three points of one line', () => {
  expect(
    planeAxes(
      u,
      Float32Array.from(u, (value) => -0.7 * value),
    ),
  ).toBeNull();
  expect(planeAxes(u, new Float32Array(4))).toBeNull();
});
