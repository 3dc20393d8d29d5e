import { expect, it } from 'vitest';
import { stepFactor, stepFactorChart, stepFactorSummary } from './stepFactor';
import { testTheme } from './testTheme';

/** Growth per step of heavy-ball descent on λ/2·x², measured by running it. */
function measured(rate: number, lambda: number, momentum: number): number {
  const steps = 4000;
  let [x, before, log] = [1, 0.3, 0];
  for (let i = 0; i < steps; i++) {
    [x, before] = [x - rate * lambda * x + momentum * (x - before), x];
    const size = Math.hypot(x, before);
    log += Math.log(size);
    x /= size;
    before /= size;
  }
  return Math.exp(log / steps);
}

it.each([
  [0.1, 4, 0],
  [0.55, 4, 0],
  [0.1, 4, 0.9],
  [0.94, 4, 0.9],
  [1.1, 4, 0.9],
])('tells the growth of descent at rate %d, curvature %d, momentum %d', (rate, lambda, momentum) => {
  expect(stepFactor(rate, lambda, momentum)).toBeCloseTo(measured(rate, lambda, momentum), 2);
});

it('is 1 at the bound', () => {
  for (const momentum of [0, 0.5, 0.9]) expect(stepFactor((2 * (1 + momentum)) / 7, 7, momentum)).toBeCloseTo(1, 12);
});

it('shows the rate of the training and the largest stable one', () => {
  const drawn = { learningRate: 3, momentum: 0, bound: 2, lambdaMax: 1 };
  const { max } = stepFactorChart(drawn, testTheme).options!.scales!['x'] as { max: number };
  expect(max).toBeGreaterThan(3);
  expect(stepFactorSummary(drawn)).toContain('by 2. Above the dashed line, from a rate of 2 on, deviations grow.');
});
