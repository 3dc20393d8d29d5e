import { formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { ExtremeEigenvalues } from './measurements';
import { stationarity } from './stationarity';

/**
 * Judges whether θ is a local maximum: the gradient vanishes and every direction curves down. Gradient descent stays
 * there only if the gradient is exactly zero.
 * @see Nocedal & Wright 2006, Numerical Optimization, section 2.1
 */
export const maximum = defineDiagnostic({
  id: 'maximum',
  title: 'Local maximum',
  needs: ['loss', 'gradient', 'extremes'],
  uses: ['parameterNorm', 'descent', 'dim'],
  shownIn: 'spectrum',
  source: 'Nocedal & Wright 2006, Numerical Optimization, section 2.1',
  criterion: () =>
    'Present if the point is critical and every eigenvalue is negative beyond its error. Where not all are known, λ_max < 0 decides.',
  diagnose(read, limits) {
    const { max, exact } = read.extremes;
    const point = stationarity(read, limits);
    const highest = `λ_max = ${formatCompact(max.value, max.error)}`;
    const details = {
      evidence: [{ name: 'λ_max', value: max.value, error: max.error, threshold: 0 }, ...point.evidence],
    };
    if (point.nearness === 'descending') return absent(`Not a maximum: ${point.sentence}`, details);
    if (!curvesDownEverywhere(read.extremes, read.dim)) {
      return max.value > max.error
        ? absent(`Not a maximum: the loss curves up, ${highest}.`, details)
        : inconclusive(`Whether every direction curves down is not certain: ${highest}.`, details);
    }
    if (point.nearness === 'unclear') {
      return inconclusive(
        `The loss curves down in every direction (${highest}), but this is not clearly a critical point. ${point.sentence}`,
        details,
      );
    }
    return present(
      'high',
      exact
        ? `Strict local maximum: the gradient vanishes and every eigenvalue is negative, ${highest}.`
        : `Local maximum as far as Lanczos sees: the gradient vanishes and ${highest} is the largest eigenvalue found.`,
      {
        ...details,
        advice: [
          'Any small step lowers the loss: move the weights at random, or start from another initialisation.',
          'Check the sign of the loss: a training that maximizes it ends at a maximum.',
        ],
      },
    );
  },
});

/** Whether every eigenvalue is negative beyond its error, as far as they are known. */
export function curvesDownEverywhere({ max, negative, exact }: ExtremeEigenvalues, dim = Infinity): boolean {
  if (negative === 0) return false;
  return exact ? negative >= dim : max.converged && max.value < -max.error;
}
