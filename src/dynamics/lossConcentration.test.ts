import { expect, it } from 'vitest';
import type { SampleAnswers } from '../objective/objective';
import { lossConcentration } from './lossConcentration';

const answers = (losses: number[], errors: number[] | null): SampleAnswers => ({
  losses: Float64Array.from(losses),
  shares: Float64Array.from(losses, () => 1 / losses.length),
  classes: errors && {
    errors: Float64Array.from(errors),
    confidence: new Float64Array(losses.length),
    bins: { counts: [], weights: [], confidence: [], right: [], squares: [] } as never,
  },
});

it('accumulates loss and errors from the largest loss on', () => {
  expect(lossConcentration(answers([1, 6, 0, 3], [0, 1, 0, 1]), 99)).toEqual({
    samples: [0, 0.25, 0.5, 0.75, 1],
    loss: [0, 0.6, expect.closeTo(0.9, 12), 1, 1],
    error: [0, 0.5, 1, 1, 1],
  });
});

it('lies on the diagonal where all losses are equal', () => {
  const { samples, loss } = lossConcentration(answers(Array<number>(1000).fill(0.3), null), 50)!;
  expect(samples.length).toBeLessThanOrEqual(50);
  samples.forEach((share, i) => expect(loss[i]).toBeCloseTo(share, 12));
});

it('follows the closed form of exponential losses, p·(1 − log p)', () => {
  const n = 20_000;
  const losses = Array.from({ length: n }, (_, i) => -Math.log((i + 0.5) / n));
  const { samples, loss } = lossConcentration(answers(losses, null), 40)!;
  samples.slice(1).forEach((p, i) => expect(loss[i + 1]).toBeCloseTo(p * (1 - Math.log(p)), 3));
});

it('leaves the errors out where no answer is wrong', () => {
  expect(lossConcentration(answers([1, 2], [0, 0]), 9)!.error).toBeNull();
});

it('says nothing of losses that may be negative, are zero, or are not finite', () => {
  for (const losses of [
    [1, -1],
    [0, 0],
    [NaN, 1],
    [Infinity, 1],
  ])
    expect(lossConcentration(answers(losses, null), 9)).toBeNull();
});
