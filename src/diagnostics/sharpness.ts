import { formatNumber, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import { largestDescendingStep } from './stationarity';

/**
 * Sharpness: λ_max bounds the step of gradient descent. Along its eigenvector a step η multiplies a deviation by
 * 1 − η·λ_max, which grows without bound from η = 2/λ_max on.
 * @see Cohen et al. 2021, arXiv:2103.00065 (edge of stability)
 */
export const sharpness = defineDiagnostic({
  id: 'sharpness',
  title: 'Sharpness and the largest stable step',
  needs: ['extremes'],
  uses: ['gradient', 'stability'],
  shownIn: 'spectrum',
  source: 'Cohen et al. 2021, arXiv:2103.00065',
  criterion: () =>
    'Present if λ_max > 0 beyond its error. A step η along its eigenvector multiplies a deviation by 1 − η·λ_max, which diverges from η = 2/λ_max on.',
  diagnose({ extremes: { max }, gradient, stability }) {
    const evidence: Judgment['evidence'] = [{ name: 'λ_max', value: max.value, error: max.error, threshold: 0 }];
    const highest = `λ_max = ${formatCompact(max.value, max.error)}`;
    if (max.value < -max.error)
      return absent(`No direction curves up: ${highest}. Curvature does not bound the step here.`, { evidence });
    if (max.value <= max.error)
      return inconclusive(`${highest} cannot be told from zero: curvature gives no bound for the step.`, { evidence });

    const bound = 2 / max.value;
    const boundError = 2 / (max.value - max.error) - bound;
    evidence.push({ name: 'largest stable step 2/λ_max', value: bound, error: boundError });
    const now = gradient ? largestDescendingStep(gradient) : null;
    if (now !== null) evidence.push({ name: 'largest step that lowers the loss now 2·gᵀg/gᵀHg', value: now, error: 0 });
    return present(
      'info',
      `Gradient descent is stable up to a learning rate of 2/λ_max = ${formatCompact(bound, boundError)} (${highest}).`,
      {
        evidence,
        advice: [
          `Keep the learning rate of plain gradient descent below ${formatNumber(bound, 3)}; with momentum 0.9 below ${formatNumber((2 * (1 + 0.9)) / max.value, 3)}. Adaptive methods rescale every weight and have other bounds.`,
          `At a larger rate, training pushes λ_max down until it hovers at 2/learning rate (edge of stability). A warm-up gives it time to get there.`,
          ...(stability ? [] : ['The option «learning rate» adds a verdict on the rate that the training uses.']),
        ],
      },
    );
  },
});
