import { counted } from '../text/counts';
import { formatPercent, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { ExtremeEigenvalues } from './measurements';
import { stationarity } from './stationarity';

/**
 * Judges whether θ is a critical point: the gradient vanishes, so the Hessian alone decides the kind of point. This
 * comes before saddle and minimum. While the loss still falls along −g, the signs of the eigenvalues classify nothing.
 * @see Nocedal & Wright 2006, Numerical Optimization, section 2.1
 */
export const criticalPoint = defineDiagnostic({
  id: 'critical-point',
  title: 'Critical point',
  needs: ['loss', 'gradient'],
  uses: ['parameterNorm', 'extremes', 'descent'],
  shownIn: 'descent',
  source: 'Nocedal & Wright 2006, Numerical Optimization, section 2.1',
  criterion: ({ stationaryDecrease, descendingDecrease, interpolatedLoss, gradientSignal }) =>
    `ΔL = L(θ) − min L(θ − t·g), over the steps before the loss first rises above L(θ). Present if ΔL is at most ${formatPercent(stationaryDecrease)} of the loss, or if rounding θ to float32 changes g by ‖g‖. Absent if ΔL is at least ${formatPercent(descendingDecrease)} and ‖g‖² is at least ${gradientSignal} times its squared standard error. A loss below ${formatPercent(interpolatedLoss)} of the chance loss is replaced by that value.`,
  diagnose(read, limits) {
    const { nearness, sentence, evidence } = stationarity(read, limits);
    const curvature = read.extremes ? negativeCurvature(read.extremes) : null;
    const details = { evidence: [...evidence, ...(curvature?.evidence ?? [])] };
    const bent = curvature?.sentence ? ` ${curvature.sentence}` : '';
    switch (nearness) {
      case 'zero':
        return present('info', `Critical point. ${sentence}`, details);
      case 'stationary':
        return present('info', `Practically a critical point: ${sentence}`, details);
      case 'descending':
        return absent(`Not a critical point: ${sentence}${bent}`, {
          ...details,
          level: 'notice',
          advice: ['Training is not finished on this data: the signs of the Hessian do not classify this point yet.'],
        });
      case 'unclear':
        return inconclusive(sentence, {
          ...details,
          advice: ['Train on with a smaller learning rate, or use more samples, and look again.'],
        });
    }
  },
});

/** Describes the most negative curvature and the number of directions that are proven to curve down. */
export function negativeCurvature({ min, negative, exact }: ExtremeEigenvalues): {
  sentence: string;
  evidence: Judgment['evidence'];
} {
  const evidence: Judgment['evidence'] = [{ name: 'λ_min', value: min.value, error: min.error, threshold: 0 }];
  if (negative === 0) return { sentence: '', evidence };
  evidence.push({ name: exact ? 'negative eigenvalues' : 'negative eigenvalues, at least', value: negative, error: 0 });
  const where = `${exact ? '' : 'at least '}${counted(negative, 'direction')}`;
  return {
    sentence: `Around this point the loss curves down in ${where}: λ_min = ${formatCompact(min.value, min.error)}.`,
    evidence,
  };
}
