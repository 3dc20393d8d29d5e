import { expect, it } from 'vitest';
import { linearRegression } from '../../test/unit/closedFormObjective';
import { surfaceObjective } from '../../test/unit/surfaceObjective';
import { standardError } from '../numerics/statistics';
import type { Asked } from '../objective/objective';
import { barrierBetween } from './barrier';

const segment = { d1: Float32Array.of(1), d2: null, pointAt: (alpha: number) => ({ alpha, beta: 0 }) };
const along = (loss: (alpha: number) => number) => ({
  ...surfaceObjective(loss),
  perSample: () => Promise.resolve(null),
});

/** The loss of one of two samples, each highest at a place of its own. */
const bump = (x: number, sample: number) => 1 / (1 + 40 * (x - 0.4 - 0.15 * sample) ** 2);

it('measures above the straight line between both losses, at k/24 at least', async () => {
  // L = 2α + 4·α(1 − α): the chord is 2α, the barrier 1 at ½.
  const { alpha, loss, barrier } = await barrierBetween(
    along((x) => 2 * x + 4 * x * (1 - x)),
    segment,
  );
  for (let k = 0; k <= 24; k++) expect(alpha).toContain(k / 24);
  expect([...alpha].sort((a, b) => a - b)).toEqual(alpha);
  expect(loss).toHaveLength(alpha.length);
  expect(barrier.height).toBeCloseTo(1, 12);
  expect(barrier.at).toBe(0.5);
  expect(barrier.error).toBeNaN();
});

it.each([0.387, 0.512, 0.911])('refines a kink at %d that lies between the points', async (peak) => {
  const tent = (x: number) => Math.min(x / peak, (1 - x) / (1 - peak));
  const { barrier } = await barrierBetween(along(tent), segment);
  expect(barrier.at).toBeCloseTo(peak, 3);
  expect(barrier.height).toBeCloseTo(1, 3);
  expect(barrier.height + barrier.unseen!).toBeGreaterThanOrEqual(1 - 1e-9);
});

it('finds no barrier where the loss stays below the straight line', async () => {
  const { barrier, alpha } = await barrierBetween(
    along((x) => 3 * (x - 0.5) ** 2),
    segment,
  );
  expect(barrier).toMatchObject({ height: 0, at: 0 });
  expect(alpha).toHaveLength(25);
});

it('finds no barrier where the loss rises by its rounding', async () => {
  const constant = (rise: number) => along((x) => 0.025 * (1 + (x > 0.4 && x < 0.6 ? rise : 0)));
  expect((await barrierBetween(constant(2e-7), segment)).barrier).toMatchObject({ height: 0, at: 0 });
  expect((await barrierBetween(constant(2e-4), segment)).barrier.height).toBeCloseTo(5e-6, 8);
});

it('gives the error of the mean of the differences of each sample', async () => {
  // ℓᵢ(α) = (xᵢ(θ + α) − yᵢ)² is convex, so there is no barrier; the point nearest to the straight line has an error.
  const [xs, ys] = [
    [1, 2, -1, 0.5],
    [1, 1, 0, 2],
  ];
  const objective = linearRegression(
    xs.map((x) => [x]),
    ys,
    [0.3],
  );
  const { barrier } = await barrierBetween(objective, segment);
  expect(barrier.height).toBe(0);
  const losses = async (alpha: number) =>
    (await objective.perSample({ at: { d1: segment.d1, d2: null, alpha, beta: 0 } }))!.losses;
  const [from, to] = [await losses(0), await losses(1)];
  const errors = await Promise.all(
    [1 / 24, 23 / 24].map(async (alpha) => {
      const there = await losses(alpha);
      return standardError([...there].map((loss, i) => loss - (1 - alpha) * from[i] - alpha * to[i]));
    }),
  );
  // e(α) = −α(1 − α)·c is symmetric, so both ends are equally near.
  expect(Math.min(...errors.map((error) => Math.abs(error - barrier.error)))).toBeLessThan(1e-9);
});

it('asks for no losses of single samples that are known, and states the same error', async () => {
  // Two samples whose losses rise and fall at different places, with a barrier between α = 0 and 1.
  const objective = {
    ...surfaceObjective((x) => (bump(x, 0) + bump(x, 1)) / 2),
    perSample: ({ at }: Asked = {}) =>
      Promise.resolve({
        losses: Float64Array.of(bump(at!.alpha, 0), bump(at!.alpha, 1)),
        shares: Float64Array.of(0.5, 0.5),
        classes: null,
      }),
  };
  const whole = await barrierBetween(objective, segment);
  const asked: number[] = [];
  const counting = {
    ...objective,
    perSample: (about: Asked = {}) => {
      asked.push(about.at!.alpha);
      return objective.perSample(about);
    },
  };
  const at = (alpha: number) => objective.perSample({ at: { d1: segment.d1, d2: null, alpha, beta: 0 } });
  const known = { from: await at(0), to: await at(1) };
  expect(await barrierBetween(counting, segment, { known })).toEqual(whole);
  expect(whole.barrier.error).toBeGreaterThan(0);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((alpha) => alpha === 0 || alpha === 1)).toEqual([]);
  expect(new Set(asked).size).toBe(asked.length);
});

it.each([NaN, Infinity])('shows a loss of %d between the models as it is', async (value) => {
  const { barrier, loss } = await barrierBetween(
    along((x) => (x > 0.4 && x < 0.6 ? value : 0)),
    segment,
  );
  expect(barrier.height).toBe(value);
  expect(barrier.at).toBeCloseTo(10 / 24, 12);
  expect(barrier.error).toBeNaN();
  expect(loss.some((each) => Object.is(each, value))).toBe(true);
});
