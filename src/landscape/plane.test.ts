import { expect, test } from 'vitest';
import { quadratic } from '../../test/unit/closedFormObjective';
import type { Plane } from '../report/report';
import type { Direction } from './direction';
import { orthogonalTo, parametersDirection, randomDirection } from './direction';
import { samplePlane } from './plane';

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

test('a plane has loss[y][x] and the cosine of its axes', async () => {
  const x = axis('gradient', [1, 0, 0]);
  const y = axis('random', [0, 1, 1]);
  const plane = await samplePlane(objective, x, y, {
    x: { from: -1, to: 1, steps: 5 },
    y: { from: -0.5, to: 1, steps: 4 },
  });
  expect(plane.y.values).toEqual([-0.5, 0, 0.5, 1]);
  plane.y.values.forEach((beta, row) =>
    plane.x.values.forEach((alpha, column) =>
      expect(plane.loss[row][column]).toBeCloseTo(lossAt([1 + alpha, -2 + beta, 0.5 + beta]), 5),
    ),
  );
  expect(plane.cosine).toBe(0);
  expect([plane.x.direction, plane.y.direction]).toEqual(['gradient', 'random']);
});

test('each partial plane is exactly a part of the final one', async () => {
  const partial: Plane[] = [];
  const range = { from: -1, to: 1, steps: 13 };
  const plane = await samplePlane(
    objective,
    axis('a', [1, 0, 0]),
    axis('b', [0, 1, 0]),
    { x: range, y: range },
    { onPlane: (coarse) => partial.push(coarse) },
  );
  expect(partial.map(({ loss }) => loss.length)).toEqual([5, 9]);
  for (const coarse of partial) {
    coarse.y.values.forEach((beta, i) =>
      coarse.x.values.forEach((alpha, j) => {
        const row = plane.y.values.indexOf(beta);
        const column = plane.x.values.indexOf(alpha);
        expect(coarse.loss[i][j]).toBe(plane.loss[row][column]);
      }),
    );
  }
});

test('θ and a random axis orthogonal to it span a plane with the model at its centre', async () => {
  const x = parametersDirection(objective.theta)!;
  const random = randomDirection(objective.parameters, objective.theta, { seed: 1, stream: 0, normalization: 'none' })!;
  const y = orthogonalTo(x, random)!;
  const plane = await samplePlane(objective, x, y, {
    x: { from: -1, to: 1, steps: 3 },
    y: { from: -1, to: 1, steps: 3 },
  });
  expect(plane.loss[1][1]).toBe((await objective.value()).loss);
  expect(Math.abs(plane.cosine!)).toBeLessThan(1e-7);
});

test('NaN and ∞ stay what they are, and no neighbour takes part in them', async () => {
  const range = { from: -1, to: 1, steps: 17 };
  const truth = (alpha: number, beta: number) => (alpha > 0.4 ? NaN : beta < -0.6 ? Infinity : 2 + alpha - beta);
  const broken = {
    ...objective,
    plane: (_: Float32Array, __: Float32Array | null, points: readonly { alpha: number; beta: number }[]) =>
      Promise.resolve(points.map(({ alpha, beta }) => ({ loss: truth(alpha, beta), accuracy: NaN }))),
  };
  for (const tolerance of [undefined, 0.01]) {
    const x = axis('a', [1, 0, 0]);
    const plane = await samplePlane(broken, x, axis('b', [0, 1, 0]), { x: range, y: range }, { tolerance });
    plane.y.values.forEach((beta, row) =>
      plane.x.values.forEach((alpha, column) => {
        const [loss, right] = [plane.loss[row][column], truth(alpha, beta)];
        if (Number.isFinite(right)) expect(loss).toBeCloseTo(right, 6);
        else expect(loss).toBe(right);
      }),
    );
  }
});
