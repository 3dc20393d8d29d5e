import { expect, it } from 'vitest';
import { quadratic } from '../../test/unit/closedFormObjective';
import type { Objective } from '../objective/objective';
import type { PlaneCurvature } from '../report/sections/planeCurvature';
import { curvatureGrid } from './curvatureGrid';

const direction = (name: string, ...vector: number[]) => ({
  name,
  vector: Float32Array.from(vector),
  norm: Math.hypot(...vector),
  notes: [],
});

/** L = x⁴/12 − y⁴/12 + z²/2, whose Hessian at (x, y, z) is diagonal: x², −y², 1. */
function quartic(): Objective {
  const base = quadratic(
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    [0, 0, 0],
  );
  return {
    ...base,
    gradient: ({ at } = {}) => {
      const [x, y] = [at!.alpha, at!.beta];
      return Promise.resolve(Float32Array.of(x ** 3 / 3, -(y ** 3) / 3, 0));
    },
    products: (_, vectors, { at } = {}) =>
      Promise.resolve(vectors.map((v) => Float32Array.of(at!.alpha ** 2 * v[0], -(at!.beta ** 2) * v[1], v[2]))),
  };
}

const request = { seed: 0, maxProducts: 50, memoryBytes: 1e6 };
const axes = [direction('a', 1, 0, 0), direction('b', 0, 1, 0)] as const;

it('is laid out as [y][x], with exactly as many points as were asked for', async () => {
  const range = { from: -1.5, to: 3, steps: 4 };
  const grid = await curvatureGrid(quartic(), axes, { ...request, x: range, y: { ...range, to: 1.5 } });
  expect(grid.x).toEqual([-1.5, 0, 1.5, 3]);
  expect(grid.y).toEqual([-1.5, -0.5, 0.5, 1.5]);
  grid.y.forEach((y, i) =>
    grid.x.forEach((x, j) => {
      expect(grid.lambdaMax[i][j]).toBeCloseTo(Math.max(x * x, 1), 5);
      expect(grid.lambdaMin[i][j]).toBeCloseTo(-y * y, 5);
      expect(grid.gradientNorm[i][j]).toBeCloseTo(Math.hypot(x ** 3, y ** 3) / 3, 5);
    }),
  );
});

it('hands out whole coarser grids first, which are parts of the last', async () => {
  const seen: PlaneCurvature[] = [];
  const progress: [number, number][] = [];
  const range = { from: -2, to: 2, steps: 9 };
  const grid = await curvatureGrid(quartic(), axes, {
    ...request,
    x: range,
    y: range,
    onGrid: (coarser) => seen.push(coarser),
    onPoint: (...counts) => progress.push(counts),
  });
  expect(seen.map(({ x }) => x)).toEqual([[-2, -1, 0, 1, 2]]);
  seen[0].y.forEach((y, i) =>
    seen[0].x.forEach((x, j) =>
      expect(seen[0].lambdaMin[i][j]).toBe(grid.lambdaMin[grid.y.indexOf(y)][grid.x.indexOf(x)]),
    ),
  );
  expect(progress.at(-1)).toEqual([81, 81]);
});
