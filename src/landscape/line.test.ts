import { expect, test } from 'vitest';
import { quadratic, softmaxRegression } from '../../test/unit/closedFormObjective';
import type { Objective } from '../objective/objective';
import type { Direction } from './direction';
import { sampleLine } from './line';

const a = [
  [2, 1, 0],
  [1, -3, 0.5],
  [0, 0.5, 1],
];
const theta = [1, -2, 0.5];
const objective = quadratic(a, theta, { b: [1, 2, 3], c: 4 });
/** L(θ) written out, independent of the objective under test. */
const lossAt = (t: readonly number[]) =>
  4 + t[0] + 2 * t[1] + 3 * t[2] + (2 * t[0] ** 2 - 3 * t[1] ** 2 + t[2] ** 2) / 2 + t[0] * t[1] + 0.5 * t[1] * t[2];
const axis = (name: string, vector: number[]): Direction => ({
  name,
  vector: Float32Array.from(vector),
  norm: Math.hypot(...vector),
  notes: [],
});

test('a line has the loss of each point in order of α, and no accuracy for a regression', async () => {
  const line = await sampleLine(objective, axis('random', [1, 0.5, -1]), { from: -2, to: 2, steps: 9 });
  expect(line.alpha).toEqual([-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]);
  line.alpha.forEach((x, i) => expect(line.loss[i]).toBeCloseTo(lossAt([1 + x, -2 + 0.5 * x, 0.5 - x]), 5));
  expect(line).not.toHaveProperty('accuracy');
  expect(line.directionNorm).toBeCloseTo(1.5, 12);
});

test('the centre of a line is measured first and every point is reported', async () => {
  const seen: number[] = [];
  const order: number[] = [];
  const spied: Objective = {
    ...objective,
    plane: (d1, d2, points, options) => {
      order.push(...points.map(({ alpha }) => alpha));
      return objective.plane(d1, d2, points, options);
    },
  };
  await sampleLine(
    spied,
    axis('random', [1, 0, 0]),
    { from: -1, to: 1, steps: 21 },
    { onPoint: (done) => seen.push(done) },
  );
  expect(order[0]).toBe(0);
  expect(seen).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
});

test('NaN and ∞ stay at their points', async () => {
  const broken: Objective = {
    ...objective,
    plane: (_, __, points) =>
      Promise.resolve(
        points.map(({ alpha }) => ({ loss: alpha > 0.9 ? Infinity : alpha < -0.9 ? NaN : 1, accuracy: NaN })),
      ),
  };
  const line = await sampleLine(broken, axis('random', [1, 0, 0]), { from: -1, to: 1, steps: 5 });
  expect(line.loss).toEqual([NaN, 1, 1, 1, Infinity]);
});

test('a line of a classifier has the accuracy too', async () => {
  const x = [[2], [1], [-1], [-2]];
  const classifier = softmaxRegression(x, [0, 0, 1, 1], 2, [1, -1, 0, 0]);
  const line = await sampleLine(classifier, axis('weights', [1, -1, 0, 0]), { from: -2, to: 0, steps: 3 });
  expect(line.accuracy).toEqual([0, 0.5, 1]);
});

test('cancelling stops between two points', async () => {
  const abort = new AbortController();
  const run = sampleLine(
    objective,
    axis('random', [1, 0, 0]),
    { from: -1, to: 1, steps: 21 },
    {
      signal: abort.signal,
      onPoint: (done) => done === 5 && abort.abort(),
    },
  );
  await expect(run).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});
