import { describe, expect, it } from 'vitest';
import { functionOf, quadratic } from '../../../test/unit/closedFormObjective';
import type { Objective } from '../../objective/objective';
import { adagrad, adam, adamw, rmsprop } from './adaptive';
import type { FirstOrder } from './firstOrder';
import { FirstOrderRun } from './firstOrderRun';
import { clipping, momentum, nesterov, sgd } from './gradientDescent';
import { sharpnessAware } from './sharpnessAware';
import { startAt } from './testStart';

/** The losses of a run of `steps` steps, with the loss at the start. */
async function lossesOf(method: FirstOrder, objective: Objective, stepSize: number, steps: number): Promise<number[]> {
  const run = new FirstOrderRun(method, stepSize, await startAt(objective));
  await run.until(steps * method.price);
  return run.walk.losses;
}

/** Checks the points of a run on a loss that tells the point: L = a·x²/2 for positive x, or L = −x. */
function checkPoints(losses: readonly number[], expected: readonly number[], lossAt: (x: number) => number): void {
  expect(losses).toHaveLength(expected.length);
  losses.forEach((loss, k) => expect(loss).toBeCloseTo(lossAt(expected[k]), 5));
}

const A = 2;
const bowl = (x: number) => quadratic([[A]], [x]);
const inBowl = (x: number) => (A * x * x) / 2;
/** L = −3x: the gradient is −3 everywhere. */
const slope = () =>
  functionOf(
    [0],
    ([x]) => -3 * x,
    () => [-3],
  );
const onSlope = (x: number) => -3 * x;
const upTo = (steps: number, point: (k: number) => number) => Array.from({ length: steps + 1 }, (_, k) => point(k));

describe('on a quadratic', () => {
  it('SGD contracts by 1 − ηa', async () => {
    const losses = await lossesOf(sgd, bowl(1), 0.2, 6);
    checkPoints(
      losses,
      upTo(6, (k) => 0.6 ** k),
      inBowl,
    );
  });

  // Polyak 1964: xₖ₊₁ = (1 + μ − ηa)·xₖ − μ·xₖ₋₁, solved by its characteristic roots.
  it('momentum follows the roots of z² − (1 + μ − ηa)·z + μ', async () => {
    const [mu, eta] = [0.9, 0.001];
    const sum = 1 + mu - eta * A;
    const root = Math.sqrt(sum * sum - 4 * mu);
    const [first, second] = [(sum + root) / 2, (sum - root) / 2];
    const weight = (1 - eta * A - second) / (first - second);
    const losses = await lossesOf(momentum, bowl(1), eta, 8);
    checkPoints(
      losses,
      upTo(8, (k) => weight * first ** k + (1 - weight) * second ** k),
      inBowl,
    );
  });

  // Nesterov 1983: x is a gradient step from y, and y lies beyond x by μ times the last step. The run is at y.
  it('Nesterov takes the gradient beyond the point by μ times the last step', async () => {
    const [mu, eta] = [0.9, 0.1];
    const ahead = [1];
    for (let k = 0, x = 1; k < 8; k++) {
      const next = ahead[k] - eta * A * ahead[k];
      ahead.push(next + mu * (next - x));
      x = next;
    }
    checkPoints(await lossesOf(nesterov, bowl(1), eta, 8), ahead, inBowl);
  });

  it('SAM contracts towards −ρ, since it takes the gradient uphill by ρ', async () => {
    const q = 1 - 0.1 * A;
    const losses = await lossesOf(sharpnessAware, bowl(1), 0.1, 6);
    checkPoints(
      losses,
      upTo(6, (k) => q ** k - 0.05 * (1 - q ** k)),
      inBowl,
    );
  });

  it('Adam takes the second step that its definition gives', async () => {
    // a = 1, x = 1, η = 0.1: x₁ = 0.9; m̂ = 0.18/0.19, ŝ = 0.001809/0.001999, x₂ = 0.9 − 0.1·0.947368/0.951290.
    const losses = await lossesOf(adam, quadratic([[1]], [1]), 0.1, 2);
    expect(losses[1]).toBeCloseTo(0.405, 6);
    expect(Math.sqrt(2 * losses[2])).toBeCloseTo(0.800412, 5);
  });
});

it('clipping keeps the length of the first step where the gradient grows', async () => {
  // L = −x²/2: SGD would grow by 1 + η per step; clipped, each step has the length η·|x₀|.
  const losses = await lossesOf(clipping, quadratic([[-1]], [1]), 0.5, 5);
  checkPoints(
    losses,
    upTo(5, (k) => 1 + 0.5 * k),
    (x) => -x * x * 0.5,
  );
  const free = await lossesOf(sgd, quadratic([[-1]], [1]), 0.5, 5);
  expect(free.at(-1)!).toBeLessThan(losses.at(-1)!);
});

describe('under a constant gradient', () => {
  it('Adam moves by η, whatever the gradient', async () => {
    checkPoints(
      await lossesOf(adam, slope(), 0.1, 10),
      upTo(10, (k) => 0.1 * k),
      onSlope,
    );
  });

  it('AdaGrad moves by η/√k', async () => {
    const steps = [0, 1, 1 / Math.SQRT2, 1 / Math.sqrt(3), 1 / 2];
    checkPoints(
      await lossesOf(adagrad, slope(), 0.1, 4),
      upTo(4, (k) => 0.1 * steps.slice(0, k + 1).reduce((a, b) => a + b)),
      onSlope,
    );
  });

  it('RMSProp moves by η/√(1 − 0.99ᵏ)', async () => {
    // 1 − 0.99 = 0.01, 1 − 0.99² = 0.0199, 1 − 0.99³ = 0.029701
    const steps = [0, 10, 1 / Math.sqrt(0.0199), 1 / Math.sqrt(0.029701)];
    checkPoints(
      await lossesOf(rmsprop, slope(), 0.01, 3),
      upTo(3, (k) => 0.01 * steps.slice(0, k + 1).reduce((a, b) => a + b)),
      onSlope,
    );
  });
});

it('AdamW shrinks the weights themselves where there is no gradient', async () => {
  const objective = functionOf(
    [5],
    ([x]) => x,
    () => [0],
  );
  const losses = await lossesOf(adamw, objective, 0.5, 4);
  losses.forEach((loss, k) => expect(loss).toBeCloseTo(5 * 0.995 ** k, 5));
});

it('records the cosines of successive gradients, −1 in a zigzag', async () => {
  const run = new FirstOrderRun(sgd, 0.9, await startAt(bowl(1)));
  await run.until(4);
  expect(run.walk.cosines).toHaveLength(3);
  for (const cosine of run.walk.cosines) expect(cosine).toBeCloseTo(-1, 6);
});
