import { expect, it } from 'vitest';
import { quadratic } from '../../test/unit/closedFormObjective';
import { surfaceObjective } from '../../test/unit/surfaceObjective';
import { criticalStep } from './criticalStep';

const A = [
  [10, 1],
  [1, 0.5],
];

it.each([0.01, 0.2, 30])('is 2·gᵀg/gᵀHg for a quadratic loss, from a guess of %f', async (guess) => {
  const objective = quadratic(A, [1, -2]);
  const gradient = await objective.gradient();
  const { loss } = await objective.value();
  const found = await criticalStep(objective, gradient, { loss, resolution: 1e-12, guess });
  // g = (8, 0): 2·64/(10·64).
  expect(found!.value).toBeGreaterThan(0.2 - found!.error);
  expect(found!.value).toBeLessThan(0.2 + found!.error);
  expect(found!.error).toBeLessThan(0.01 * 0.2);
});

it('finds the first of several rises', async () => {
  // Falls to −0.5 at 0.5, rises above 0 at 1, falls again beyond 4.
  const objective = surfaceObjective((alpha) => (alpha > -4 ? Math.abs(alpha + 0.5) - 0.5 : -1));
  const found = await criticalStep(objective, new Float32Array(1), { loss: 0, resolution: 1e-9, guess: 4 });
  expect(Math.abs(found!.value - 1)).toBeLessThanOrEqual(found!.error);
});

it('takes an overflow for a rise', async () => {
  const objective = surfaceObjective((alpha) => (alpha < -3 ? NaN : alpha));
  const found = await criticalStep(objective, new Float32Array(1), { loss: 0, resolution: 1e-9, guess: 1 });
  expect(Math.abs(found!.value - 3)).toBeLessThanOrEqual(found!.error);
});

it('is unknown where the loss never rises, or no step lowers it', async () => {
  const ask = (surface: (alpha: number) => number) =>
    criticalStep(surfaceObjective(surface), new Float32Array(1), { loss: 0, resolution: 1e-9, guess: 1 });
  expect(await ask((alpha) => alpha)).toBeNull();
  expect(await ask(() => 1)).toBeNull();
});
