import { expect, it } from 'vitest';
import { curvesDown } from './curvesDown';
import type { ExtremeEigenvalues } from './measurements';

const extremes = (value: number, error: number, negative: number, exact = false) =>
  ({ min: { value, error, converged: true }, negative, exact }) as ExtremeEigenvalues;

it('claims the sign of λ_min only where its error excludes zero', () => {
  expect(curvesDown(extremes(-1.69, 0.34, 9))).toBe('the loss curves down, λ_min = −1.69 ± 0.34');
  expect(curvesDown(extremes(-0.0015, 0.0019, 2))).toBe(
    'the loss curves down in at least 2 directions, how much is not resolved (λ_min = −0.0015 ± 0.0019)',
  );
  expect(curvesDown(extremes(-0.0015, 0.0019, 1, true))).toMatch(/in 1 direction, how much is not resolved/);
});
