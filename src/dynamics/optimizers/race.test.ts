import { describe, expect, it } from 'vitest';
import { functionOf, quadratic } from '../../../test/unit/closedFormObjective';
import type { Objective } from '../../objective/objective';
import { OPTIMIZERS } from '../../report/sections/optimizers';
import { adam } from './adaptive';
import { sgd } from './gradientDescent';
import { krylovNewton } from './krylovNewton';
import { planeProjection } from './planeProjection';
import { quasiNewton } from './quasiNewton';
import { raceOptimizers } from './race';
import { raceLosses } from './raceCost';
import { searchStep } from './stepSearch';
import { startAt } from './testStart';
import { Walk } from './walk';

const EFFORT = { budget: 24, trial: 4, products: 8 };

async function race(objective: Objective) {
  const { loss } = await objective.value();
  return raceOptimizers(objective, {
    loss,
    gradient: await objective.gradient(),
    resolution: 1e-7,
    descentStep: null,
    effort: EFFORT,
    seed: 0,
    projection: planeProjection(Float32Array.of(1, 0), Float32Array.of(0, 2)),
  });
}

describe('the race', () => {
  const bowl = () =>
    quadratic(
      [
        [4, 1],
        [1, 2],
      ],
      [3, -2],
    );

  it('runs every optimizer within the same budget, downhill', async () => {
    const { runs, best } = await race(bowl());
    expect(runs.map(({ name }) => name)).toEqual(OPTIMIZERS);
    for (const { name, gradients, losses, spent, reached, path } of runs) {
      expect(gradients, name).toBeLessThanOrEqual(EFFORT.budget + 1);
      expect(losses[0]).toBeCloseTo(16, 5);
      expect(reached, name).toBeLessThan(8);
      expect(spent).toHaveLength(losses.length);
      expect(path!.x[0]).toBe(0);
    }
    expect(best!.loss).toBeCloseTo(0, 5);
    // L = 0 at the origin, which is the displacement (−3, 2): on the plane (1, 0), (0, 2) it is the point (−3, 1).
    expect(best!.displacement[0]).toBeCloseTo(-3, 2);
    const { path } = runs.find(({ name }) => name === best!.name)!;
    expect(path!.x.at(-1)).toBeCloseTo(-3, 2);
    expect(path!.y.at(-1)).toBeCloseTo(1, 2);
    expect(path!.offPlane.at(-1)).toBeCloseTo(0, 5);
  });

  it('starts beside a point whose gradient is zero, and tells who leaves it', async () => {
    const saddle = quadratic(
      [
        [1, 0],
        [0, -1],
      ],
      [0, 0],
    );
    const { runs, race: common } = await race(saddle);
    expect(common.startDistance).toBeGreaterThan(0);
    const below = (wanted: string) => runs.find(({ name }) => name === wanted)!.firstBelow ?? Infinity;
    expect(below('saddle-free')).toBeLessThan(Infinity);
  });

  it('finds nothing better at a minimum', async () => {
    expect((await race(quadratic([[1, 0], [0, 1]], [0, 0]))).best).toBeNull(); // prettier-ignore
  });

  it('costs about what is planned', async () => {
    const dim = 12;
    const a = Array.from({ length: dim }, (_, i) => Array.from({ length: dim }, (__, j) => (i === j ? 1.5 ** i : 0)));
    const plain = quadratic(
      a,
      a.map(() => 1),
    );
    const spent = { gradient: 0, value: 0 };
    const counting: Objective = {
      ...plain,
      gradient: (asked) => ((spent.gradient += 1), plain.gradient(asked)),
      value: (asked) => ((spent.value += 1), plain.value(asked)),
    };
    await raceOptimizers(counting, {
      loss: (await plain.value()).loss,
      gradient: await plain.gradient(),
      resolution: 1e-9,
      descentStep: null,
      effort: EFFORT,
      seed: 0,
      projection: null,
    });
    const costs = { gradient: 3, hvp: 6, ggnvp: 4, planePoint: 1.5 };
    const { hvp, ggnvp } = plain.counts;
    const real = 3 * spent.gradient + 1.5 * spent.value + 6 * hvp + 4 * ggnvp;
    const planned = raceLosses(EFFORT, dim, costs);
    expect(real / planned).toBeGreaterThan(0.7);
    expect(real / planned).toBeLessThan(1.3);
  });
});

describe('the search of a step size', () => {
  const request = { trial: 4, budget: 24 };

  it('finds the reciprocal of the curvature of a parabola', async () => {
    const setting = await startAt(quadratic([[2]], [1]));
    const found = await searchStep(sgd, { ...request, setting, seed: 1 / 32, coarse: true });
    expect(found.stepSize).toBe(1 / 2);
    expect(found.walk.loss).toBeCloseTo(0, 10);
  });

  it('comes down from a step that diverges', async () => {
    const setting = await startAt(quadratic([[2]], [1]));
    const found = await searchStep(sgd, { ...request, setting, seed: 16, coarse: true });
    expect(found.stepSize).toBeLessThan(1);
    expect(found.walk.spent).toBe(24);
  });

  it('gives up a step that pays at first and diverges later', async () => {
    // η = 1 ends the first direction at once, and grows the second by −2 per step, which shows after the short run only.
    const hidden = quadratic(
      [
        [1, 0],
        [0, 3],
      ],
      [1, 1e-3],
    );
    const found = await searchStep(sgd, { ...request, setting: await startAt(hidden), seed: 1, coarse: false });
    expect(found.stepSize).toBe(1 / 2);
    expect(found.walk.loss).toBeLessThan(1e-6);
  });

  it('tells what the other step sizes cost', async () => {
    const setting = await startAt(quadratic([[2]], [1]));
    const { tried, others } = await searchStep(adam, { ...request, setting, seed: 0.1, coarse: false });
    expect(others).toBe(4 * (tried.length - 1));
  });
});

describe('Newton steps in a Krylov space', () => {
  const at = async (objective: Objective) => new Walk(await startAt(objective));

  it('solve a quadratic in as many products as it has dimensions', async () => {
    // A = [[4, 1, 0], [1, 3, 0], [0, 0, 100]], b = −(9, 5, 300): the minimum is (2, 1, 3), L = −(18 + 5 + 900)/2.
    const a = [
      [4, 1, 0],
      [1, 3, 0],
      [0, 0, 100],
    ];
    const walk = await at(quadratic(a, [0, 0, 0], { b: [-9, -5, -300] }));
    await krylovNewton(walk, { kind: 'gaussNewton', budget: 20, steps: 3 });
    expect(walk.losses[1]).toBeLessThan(-461.4);
    expect(walk.best.displacement[0]).toBeCloseTo(2, 3);
    expect(walk.best.displacement[1]).toBeCloseTo(1, 3);
    expect(walk.best.displacement[2]).toBeCloseTo(3, 3);
  });

  it('leave a saddle along negative curvature: |H|⁻¹ turns it around', async () => {
    // |H|⁻¹g = (x, −y): without damping a step ends at (0, 2y), where Newton's own step would end at the saddle.
    const saddle = quadratic(
      [
        [1, 0],
        [0, -2],
      ],
      [1, 1e-3],
    );
    const walk = await at(saddle);
    await krylovNewton(walk, { kind: 'hessian', budget: 8, steps: 2 });
    expect(1 + walk.best.displacement[0]).toBeCloseTo(0, 3);
    expect(1e-3 + walk.best.displacement[1]).toBeCloseTo(2e-3, 5);
  });

  it('stay where the gradient is zero', async () => {
    const walk = await at(quadratic([[1]], [0]));
    await krylovNewton(walk, { kind: 'hessian', budget: 20, steps: 3 });
    expect(walk.losses).toEqual([0]);
  });
});

// Nocedal & Wright 2006, exercise 2.1: from (−1.2, 1), where the loss is 24.2, to the minimum 0 at (1, 1).
it('L-BFGS tells every loss on its way through the valley of Rosenbrock’s function', async () => {
  const rosenbrock = functionOf(
    [-1.2, 1],
    ([x, y]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2,
    ([x, y]) => [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)],
  );
  const walk = new Walk(await startAt(rosenbrock));
  await quasiNewton(walk, { budget: 80, firstLength: 0.01 });
  expect(walk.losses[0]).toBeCloseTo(24.2, 4);
  expect(walk.losses.length).toBeGreaterThan(10);
  walk.losses.slice(1).forEach((loss, i) => expect(loss).toBeLessThan(walk.losses[i]));
  expect(walk.loss).toBeLessThan(1e-6);
  expect(walk.spent).toBeLessThanOrEqual(81);
});

it('projects onto directions that are not orthogonal', () => {
  // (5, 3, 7) = 2·(1, 0, 0) + 3·(1, 1, 0) + (0, 0, 7)
  const project = planeProjection(Float32Array.of(1, 0, 0), Float32Array.of(1, 1, 0))!;
  expect(project(Float32Array.of(5, 3, 7))).toEqual({ x: 2, y: 3, offPlane: 7 });
  expect(planeProjection(Float32Array.of(1, 1), Float32Array.of(2, 2))).toBeNull();
});
