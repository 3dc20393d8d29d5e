import { expect, it } from 'vitest';
import { linearRegression } from '../../test/unit/closedFormObjective';
import { standardError } from '../numerics/statistics';
import { pairedChange } from './pairedChange';

const answers = (losses: number[], weights = losses.map(() => 1)) => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    losses: Float64Array.from(losses),
    shares: Float64Array.from(weights, (weight) => weight / total),
    classes: null,
  };
};

it('is the difference of the losses, with the error of the mean of the differences', async () => {
  const objective = linearRegression([[1], [2], [-1], [0.5]], [1, 1, 0, 2], [0.3]);
  const at = { d1: Float32Array.of(1), d2: null, alpha: 0.5, beta: 0 };
  const [here, there] = [(await objective.perSample())!, (await objective.perSample({ at }))!];
  const { value, error } = pairedChange(here, there);
  const [before, after] = [await objective.value(), await objective.value({ at })];
  expect(value).toBeCloseTo(after.loss - before.loss, 12);
  expect(error).toBeCloseTo(standardError([...there.losses].map((loss, i) => loss - here.losses[i])), 12);
});

it('does not see the spread between samples', () => {
  expect(pairedChange(answers([1, 100, 3]), answers([1.5, 100.5, 3.5]))).toEqual({ value: 0.5, error: 0 });
});

it('weighs samples, and knows no error of a single one', () => {
  expect(pairedChange(answers([0, 0], [3, 1]), answers([1, 5], [3, 1])).value).toBeCloseTo(2, 12);
  expect(pairedChange(answers([0]), answers([1])).error).toBeNaN();
});
