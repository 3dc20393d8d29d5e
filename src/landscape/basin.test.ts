import { expect, it } from 'vitest';
import { quadratic } from '../../test/unit/closedFormObjective';
import { basinRadii, basinWidth } from './basin';
import { sharpestDirection } from './sharpestDirection';

const A = [
  [8, 0],
  [0, 0.5],
];
const objective = quadratic(A, [0, 0], { c: 1 });
const request = { loss: 1, resolution: 0 };
const along = (...vector: number[]) => ({
  name: 'd',
  vector: Float32Array.from(vector),
  norm: Math.hypot(...vector),
  notes: [],
});

it('the radius is the distance at which a quadratic loss doubles, however long the direction', async () => {
  // 1 + λα²/2 = 2 at α = √(2/λ)
  for (const length of [0.1, 1, 7]) {
    const { radius, plus, minus, error } = await basinWidth(objective, along(length, 0), request);
    expect(Math.abs(radius - 0.5)).toBeLessThanOrEqual(error * (1 + 1e-6));
    expect(plus).toBeCloseTo(0.5 / length, 3);
    expect(minus).toBeCloseTo(0.5 / length, 3);
  }
  expect((await basinWidth(objective, along(0, 1), request)).radius).toBeCloseTo(2, 3);
});

it('the two sides differ where the loss falls on one of them', async () => {
  const tilted = quadratic([[2]], [0], { b: [-4], c: 5 });
  const { plus, minus } = await basinWidth(tilted, along(1), { loss: 5, resolution: 0 });
  // α² − 4α + 5 = 10 at 5 and at −1
  expect(plus).toBeCloseTo(5, 3);
  expect(minus).toBeCloseTo(1, 4);
});

it('random directions are summed up by quartiles, and those without an edge count', () => {
  const widths = [1, 2, 3, Infinity].map((radius) => ({
    direction: 'random',
    plus: radius,
    minus: radius,
    radius,
    error: 0,
    directionNorm: 1,
  }));
  expect(basinRadii(0.5, widths)).toEqual({
    limit: 1,
    searched: 64,
    directions: 4,
    median: 2.5,
    quartiles: [1.75, Infinity],
    unbounded: 1,
  });
});

it('the ascent turns to the eigenvector of the largest eigenvalue', async () => {
  const from = Float32Array.of(0.1, Math.sqrt(0.99));
  const { vector } = await sharpestDirection(objective, { radius: 0.05, ascents: 6, from });
  expect(vector[0]).toBeCloseTo(1, 5);
});

it('the ascent finds the higher end of a line through θ, not the steeper side at θ', async () => {
  // −g points to the lower end; the sphere’s highest point lies along +g.
  const tilted = quadratic([[2]], [0], { b: [-4], c: 5 });
  const { vector } = await sharpestDirection(tilted, { radius: 0.05, ascents: 2, from: Float32Array.of(1) });
  expect(vector[0]).toBe(-1);
});
