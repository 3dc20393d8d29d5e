import { expect, it } from 'vitest';
import { random } from '../numerics/random';
import { mean, standardDeviation } from '../numerics/statistics';
import { worstSamples } from './worstSamples';

function answers(losses: readonly number[], { weights = losses.map(() => 1), wrong = null as boolean[] | null } = {}) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const zeros = () => new Float64Array(15);
  const bins = { counts: zeros(), weights: zeros(), confidence: zeros(), right: zeros(), squares: zeros() };
  return {
    losses: Float64Array.from(losses),
    shares: Float64Array.from(weights, (weight) => weight / total),
    classes: wrong && {
      errors: Float64Array.from(wrong, (each) => (each ? 1 : 0)),
      confidence: new Float64Array(losses.length),
      bins,
    },
  };
}

it('finds the worst of twenty samples, at least one, and counts whole samples only', () => {
  const losses = Array.from({ length: 39 }, (_, i) => (i === 7 ? 62 : 1));
  expect(worstSamples(answers(losses), 0.05)).toMatchObject({
    indices: [7],
    share: 1 / 39,
    lossShare: { value: expect.closeTo(0.62, 12) as number },
  });
  expect(worstSamples(answers([3, 1]), 0.05)).toMatchObject({
    indices: [0],
    lossShare: { value: expect.closeTo(0.75, 12) as number },
  });
});

// The largest fraction f of exponential losses carries f·(1 − ln f) of them.
it('carries what the tail of an exponential distribution carries, with the spread of other draws as its error', () => {
  const draw = (seed: number) => {
    const next = random(seed, 'losses');
    const found = worstSamples(answers(Array.from({ length: 2000 }, () => -Math.log(1 - next.uniform()))), 0.05)!;
    return found.lossShare;
  };
  const draws = Array.from({ length: 60 }, (_, seed) => draw(seed));
  const values = draws.map(({ value }) => value);
  expect(mean(values)).toBeCloseTo(0.05 * (1 - Math.log(0.05)), 2);
  const errors = mean(draws.map(({ error }) => error));
  expect(errors / standardDeviation(values)).toBeGreaterThan(0.75);
  expect(errors / standardDeviation(values)).toBeLessThan(1.3);
});

it('weighs samples as if they were repeated', () => {
  const weighted = worstSamples(answers([9, 1, 4, 2], { weights: [1, 17, 2, 20] }), 0.05)!;
  const repeated = worstSamples(
    answers([9, ...new Array<number>(17).fill(1), 4, 4, ...new Array<number>(20).fill(2)]),
    0.05,
  )!;
  expect(weighted.lossShare.value).toBeCloseTo(9 / 74, 12);
  expect(repeated.lossShare.value).toBeCloseTo(13 / 74, 12);
  expect([weighted.indices, repeated.indices.length]).toEqual([[0], 2]);
});

it('tells the loss per error, exactly where every wrong answer costs the same', () => {
  const losses = Array.from({ length: 40 }, (_, i) => (i < 2 ? 5 : 0.1));
  const wrong = losses.map((_, i) => i < 3);
  const found = worstSamples(answers(losses, { wrong }), 0.05)!;
  expect(found.errorShare).toBeCloseTo(2 / 40, 12);
  expect(found.lossPerError).toEqual({
    value: expect.closeTo(5, 12) as number,
    error: expect.closeTo(0, 12) as number,
  });
  expect(worstSamples(answers(losses, { wrong: losses.map(() => false) }), 0.05)!.lossPerError).toBeNull();
});

it('says nothing where losses are negative, zero or not finite', () => {
  expect(worstSamples(answers([3, -1]), 0.05)).toBeNull();
  expect(worstSamples(answers([0, 0]), 0.05)).toBeNull();
  expect(worstSamples(answers([NaN, 1]), 0.05)).toBeNull();
});
