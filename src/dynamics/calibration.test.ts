import { expect, it } from 'vitest';
import { random } from '../numerics/random';
import { mean, standardDeviation } from '../numerics/statistics';
import type { ConfidenceBins } from '../objective/objective';
import { calibrationOf } from './calibration';

/** Four bins over (0, 1]. */
function bins(answers: readonly { p: number; right: boolean }[]): ConfidenceBins {
  const zeros = () => new Float64Array(4);
  const found = { counts: zeros(), weights: zeros(), confidence: zeros(), right: zeros(), squares: zeros() };
  const share = 1 / answers.length;
  for (const { p, right } of answers) {
    const m = Math.ceil(4 * p) - 1;
    found.counts[m]++;
    found.weights[m] += share;
    found.confidence[m] += share * p;
    found.right[m] += right ? share : 0;
    found.squares[m] += share * ((right ? 1 : 0) - p) ** 2;
  }
  return found;
}

it('is the mean distance of confidence and accuracy over the bins', () => {
  // (0.5, 0.75]: confidence 0.6, accuracy 0.5. (0.75, 1]: confidence 0.9, accuracy 1.
  const answers = [
    { p: 0.6, right: true },
    { p: 0.6, right: false },
    { p: 0.8, right: true },
    { p: 1, right: true },
  ];
  const { expectedError, bins: found } = calibrationOf(bins(answers));
  expect(expectedError.value).toBeCloseTo((0.1 + 0.1) / 2, 12);
  expect(found).toHaveLength(2);
  expect(found[0]).toMatchObject({ from: 0.5, to: 0.75, answers: 2, accuracy: 0.5 });
});

it('has the spread of other answers as its error', () => {
  const draw = (seed: number) => {
    const next = random(seed, 'answers');
    const answers = Array.from({ length: 400 }, (_, i) => {
      const p = i % 2 ? 0.6 : 0.95;
      return { p, right: next.uniform() < p - 0.2 };
    });
    return calibrationOf(bins(answers)).expectedError;
  };
  const draws = Array.from({ length: 80 }, (_, seed) => draw(seed));
  const values = draws.map(({ value }) => value);
  expect(mean(values)).toBeCloseTo(0.2, 2);
  const ratio = mean(draws.map(({ error }) => error)) / standardDeviation(values);
  expect(ratio).toBeGreaterThan(0.8);
  expect(ratio).toBeLessThan(1.25);
});
