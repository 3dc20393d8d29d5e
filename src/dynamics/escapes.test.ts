import { describe, expect, it } from 'vitest';
import { functionOf, quadratic } from '../../test/unit/closedFormObjective';
import type { Objective } from '../objective/objective';
import { escapeFromNearby, escapesAlong } from './escapes';

const request = { loss: 0, resolution: 1e-9, seed: 0, budget: 25 };
const probes = async (objective: Objective, loss = 0) =>
  Promise.all([0, 1, 2, 3].map((probe) => escapeFromNearby(objective, { ...request, loss, probe })));
const leadsDown = ({ loss, rise, error }: { loss: number; rise: number; error: number }, start = 0) =>
  loss < start - 0.1 && rise <= error;

describe('a descent from a random point nearby', () => {
  it('leaves a monkey saddle, where gradient and Hessian vanish', async () => {
    const monkey = functionOf(
      [0, 0],
      ([a, b]) => a ** 3 - 3 * a * b ** 2,
      ([a, b]) => [3 * a * a - 3 * b * b, -6 * a * b],
    );
    expect((await probes(monkey)).some((escape) => leadsDown(escape))).toBe(true);
  });

  it('leaves the origin of a deep linear network, where all four layers have to move together', async () => {
    // L = (w₄·w₃·w₂·w₁ − 1)²/2: every derivative below the fourth is zero at 0.
    const product = (w: ArrayLike<number>, left = -1) =>
      Array.from(w).reduce((value, factor, i) => (i === left ? value : value * factor), 1);
    const deep = functionOf(
      [0, 0, 0, 0],
      (w) => (product(w) - 1) ** 2 / 2,
      (w) => Array.from(w, (_, i) => (product(w) - 1) * product(w, i)),
      [0, 1, 2, 3].map((i) => ({ name: `w${i}`, shape: [1, 1], offset: i, count: 1, filters: null })),
    );
    expect((await probes(deep, 0.5)).some((escape) => leadsDown(escape, 0.5))).toBe(true);
  });

  it('finds no way out of a bowl, a flat valley or a quartic minimum', async () => {
    const bowl = functionOf(
      [1, 1],
      ([x, y]) => (x - 1) ** 2 + (y - 1) ** 2,
      ([x, y]) => [2 * (x - 1), 2 * (y - 1)],
    );
    const valley = functionOf(
      [1, 1],
      ([x]) => (x - 1) ** 2,
      ([x]) => [2 * (x - 1), 0],
    );
    const quartic = functionOf(
      [0],
      ([x]) => x ** 4,
      ([x]) => [4 * x ** 3],
    );
    for (const objective of [bowl, valley, quartic]) {
      for (const { loss } of await probes(objective)) expect(loss).toBeGreaterThanOrEqual(0);
    }
  });
});

it('searches both rays along an eigenvector', async () => {
  // L = −x²/2 + x⁴ would have minima at ±1/2; the quadratic falls for ever on both sides.
  const escapes = await escapesAlong(quadratic([[-1]], [1]), Float32Array.of(1), { ...request, loss: -0.5 });
  expect(escapes.map(({ direction }) => direction)).toEqual(['bottom/1', '−bottom/1']);
  // From θ = 1 the negative side climbs over 0 first: nothing is found before that rise.
  expect(escapes[0]!.loss).toBeLessThan(-0.5);
  expect(escapes[1]!.step).toBe(0);
});
