import { expect, test } from 'vitest';
import { linearRegression, quadratic, softmaxRegression } from '../../test/unit/closedFormObjective';
import type { Objective } from '../objective/objective';
import type { Plane } from '../report/report';
import { directionalCurvature } from './curvatureAlong';
import type { Direction } from './direction';
import { gradientDirection, orthogonalTo, parametersDirection, randomDirection } from './direction';
import { sampleLine } from './line';
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
  4 +
  t[0]! +
  2 * t[1]! +
  3 * t[2]! +
  (2 * t[0]! ** 2 - 3 * t[1]! ** 2 + t[2]! ** 2) / 2 +
  t[0]! * t[1]! +
  0.5 * t[1]! * t[2]!;
const axis = (name: string, vector: number[]): Direction => ({
  name,
  vector: Float32Array.from(vector),
  norm: Math.hypot(...vector),
  notes: [],
});

test('a line holds the loss of each point in the order of α, without accuracy where there is none', async () => {
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

test('a plane holds loss[y][x], with the cosine of its axes', async () => {
  const x = axis('gradient', [1, 0, 0]);
  const y = axis('random', [0, 1, 1]);
  const plane = await samplePlane(objective, x, y, {
    x: { from: -1, to: 1, steps: 5 },
    y: { from: -0.5, to: 1, steps: 4 },
  });
  expect(plane.y.values).toEqual([-0.5, 0, 0.5, 1]);
  plane.y.values.forEach((beta, row) =>
    plane.x.values.forEach((alpha, column) =>
      expect(plane.loss[row]![column]).toBeCloseTo(lossAt([1 + alpha, -2 + beta, 0.5 + beta]), 5),
    ),
  );
  expect(plane.cosine).toBe(0);
  expect([plane.x.direction, plane.y.direction]).toEqual(['gradient', 'random']);
});

test('the picture sharpens: each partial plane is part of the final one, exactly', async () => {
  const partial: Plane[] = [];
  const range = { from: -1, to: 1, steps: 13 };
  const plane = await samplePlane(
    objective,
    axis('a', [1, 0, 0]),
    axis('b', [0, 1, 0]),
    { x: range, y: range },
    { onPlane: (coarse) => partial.push(coarse) },
  );
  expect(partial.map(({ loss }) => loss.length)).toEqual([5, 7]);
  for (const coarse of partial) {
    coarse.y.values.forEach((beta, i) =>
      coarse.x.values.forEach((alpha, j) => {
        const row = plane.y.values.indexOf(beta);
        const column = plane.x.values.indexOf(alpha);
        expect(coarse.loss[i]![j]).toBe(plane.loss[row]![column]);
      }),
    );
  }
});

test('NaN and ∞ stay where they are', async () => {
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

test('accuracy comes along for classes', async () => {
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

test('curvature along vectors of any length is vᵀHv, ‖Hv‖ and vᵀGv, from one block product', async () => {
  const x = Array.from({ length: 20 }, (_, n) => [Math.sin(n), Math.cos(2 * n), 1]);
  const regression = linearRegression(
    x,
    x.map((_, n) => n / 20),
    [0.1, 0.2, 0.3],
  );
  const vectors = [
    [1, 2, -1],
    [3e-20, 0, 0],
    [0, 0, 0],
    [1e15, -1e15, 0],
  ];
  const results = await directionalCurvature(
    regression,
    vectors.map((v) => Float32Array.from(v)),
    { gaussNewton: true },
  );
  results.forEach(({ curvature, hessianProductNorm, gaussNewtonCurvature }, k) => {
    const along = x.map((row) => row.reduce((total, value, i) => total + value * vectors[k]![i]!, 0));
    const vHv = (2 / 20) * along.reduce((total, value) => total + value * value, 0);
    const hv = [0, 1, 2].map((i) => (2 / 20) * x.reduce((total, row, n) => total + row[i]! * along[n]!, 0));
    const near = (value: number, truth: number) => expect(Math.abs(value - truth)).toBeLessThanOrEqual(1e-6 * truth);
    near(curvature, vHv);
    near(gaussNewtonCurvature!, vHv);
    near(hessianProductNorm, Math.hypot(...hv));
  });
  expect(regression.counts).toMatchObject({ hvp: 3, ggnvp: 3 });
});

test('non-finite curvature is reported, not hidden', async () => {
  const broken: Objective = { ...objective, hvp: (v) => Promise.resolve(v.map(() => Float32Array.of(NaN, 0, 0))) };
  const [result] = await directionalCurvature(broken, [Float32Array.of(1, 0, 0)]);
  expect(result!.curvature).toBeNaN();
});

test('the slope and curvature of a line agree with gradient and Hessian', async () => {
  const gradient = await objective.gradient();
  const direction = gradientDirection(gradient)!;
  const [{ curvature } = { curvature: NaN }] = await directionalCurvature(objective, [direction.vector]);
  const step = 1e-3;
  const { loss } = await sampleLine(objective, direction, { from: -step, to: step, steps: 3 });
  expect((loss[2]! - loss[0]!) / (2 * step)).toBeCloseTo(Math.hypot(...gradient), 4);
  expect((loss[2]! - 2 * loss[1]! + loss[0]!) / step ** 2).toBeCloseTo(curvature, 3);
});

test('θ and a random axis made orthogonal to it span a plane with the model at its centre', async () => {
  const x = parametersDirection(objective.theta)!;
  const random = randomDirection(objective.parameters, objective.theta, { seed: 1, stream: 0, normalization: 'none' })!;
  const y = orthogonalTo(x, random)!;
  const plane = await samplePlane(objective, x, y, {
    x: { from: -1, to: 1, steps: 3 },
    y: { from: -1, to: 1, steps: 3 },
  });
  expect(plane.loss[1]![1]).toBe((await objective.value()).loss);
  expect(Math.abs(plane.cosine!)).toBeLessThan(1e-7);
});
