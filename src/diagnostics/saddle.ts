import { curvesDown } from './curvesDown';
import { counted } from '../text/counts';
import { formatNumber, formatPercent, formatCompact } from '../text/numbers';
import { negativeCurvature } from './criticalPoint';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import { escapeEvidence, leadsOut, wayOut } from './wayOut';
import type { ExtremeEigenvalues } from './measurements';
import { curvesDownEverywhere } from './maximum';
import { stationarity } from './stationarity';
import type { Stationarity } from './stationarity';

/**
 * Judges whether θ is a saddle point: the gradient vanishes while some direction curves down. A Ritz value θ with
 * residual r and float32 noise ε proves an eigenvalue in [θ − r − ε, θ + r + ε], so only θ + r + ε < 0 counts as
 * negative.
 * @see Dauphin et al. 2014, arXiv:1406.2572
 */
export const saddle = defineDiagnostic({
  id: 'saddle',
  title: 'Saddle point',
  needs: ['loss', 'gradient', 'extremes'],
  uses: ['parameterNorm', 'descent', 'escape', 'dim'],
  shownIn: 'spectrum',
  source: 'Dauphin et al. 2014, arXiv:1406.2572',
  criterion: ({ weakNegativeCurvature, strongNegativeCurvature }) =>
    `Present if the point is critical and λ + r + ε < 0 for an eigenvalue λ with residual r and float32 noise ε, or if g and H vanish and a way out lowers the loss. The severity is low below |λ_min|/λ_max = ${formatPercent(weakNegativeCurvature)}, and high from ${formatPercent(strongNegativeCurvature)} on.`,
  diagnose(read, limits) {
    const { extremes } = read;
    const { min, exact } = extremes;
    const point = stationarity(read, limits);
    const way = leadsOut(read, limits);
    const details = {
      evidence: [
        ...negativeCurvature(extremes).evidence,
        ...ratioEvidence(extremes),
        ...escapeEvidence(read, limits),
        ...point.evidence,
      ],
    };
    const lowest = `λ_min = ${formatCompact(min.value, min.error)}`;

    if (point.nearness === 'descending') return absent(`No saddle: ${point.sentence}`, details);
    if (curvesDownEverywhere(extremes, read.dim))
      return absent('No saddle: the loss curves down in every direction (see the maximum).', details);
    if (extremes.negative > 0) {
      if (point.nearness === 'unclear') {
        return inconclusive(
          `This is not clearly a critical point, though ${curvesDown(extremes)}. ${point.sentence}`,
          details,
        );
      }
      return present(
        severity(point, extremes, limits),
        `Saddle point${index(extremes)}: ${lowest}, while the gradient vanishes.${way ? ` ${wayOut(way)}` : ''}`,
        {
          ...details,
          advice: adviceFor(point, extremes, read.parameterNorm),
        },
      );
    }
    if (way && point.nearness === 'zero') {
      return present(
        'high',
        `Degenerate saddle: gradient and curvature vanish, and the loss still falls, at third or higher order. ${wayOut(way)}`,
        { ...details, advice: adviceFor(point, extremes, read.parameterNorm) },
      );
    }
    if (way && point.nearness === 'stationary') {
      return inconclusive(
        `No eigenvalue is certainly negative, yet the loss can be lowered from here: this is a degenerate saddle, or the end of a flat ravine. ${wayOut(way)}`,
        details,
      );
    }
    if (exact && min.value > -min.error) {
      return min.value > min.error
        ? absent(`No saddle: every eigenvalue is positive, ${lowest}.`, details)
        : inconclusive(`No eigenvalue is certainly negative, but ${lowest} cannot be told from zero.`, details);
    }
    if (min.converged && min.value > min.error)
      return absent(`No saddle: no negative curvature found, ${lowest}.`, details);
    return inconclusive(`No direction was proven to curve down; ${lowest} cannot be told from zero.`, {
      ...details,
      advice: ['Raise the Lanczos steps (--lanczos-steps) and the samples to narrow the error of λ_min.'],
    });
  },
});

function index({ negative, exact, zero }: ExtremeEigenvalues): string {
  if (!exact) return ` of index ${negative} or more`;
  return zero ? ` of index ${negative} to ${negative + zero}` : ` of index ${negative}`;
}

function ratioEvidence({ min, max }: ExtremeEigenvalues) {
  if (!(max.value > 0)) return [];
  const value = Math.max(0, -min.value / max.value);
  return [{ name: '|λ_min|/λ_max', value, error: min.error / max.value + (value * max.error) / max.value }];
}

function severity(
  { nearness }: Stationarity,
  { min, max }: ExtremeEigenvalues,
  limits: Limits,
): 'low' | 'medium' | 'high' {
  // If the gradient is zero, plain gradient descent never leaves the point.
  if (nearness === 'zero') return 'high';
  const strength = -min.value / Math.max(max.value, -min.value);
  if (strength < limits.weakNegativeCurvature) return 'low';
  return strength < limits.strongNegativeCurvature ? 'medium' : 'high';
}

function adviceFor(
  point: Stationarity,
  { min, maxAbs }: ExtremeEigenvalues,
  parameterNorm: number | undefined,
): string[] {
  const advice = [
    `Step along the eigenvector of λ_min (the line bottom/1 shows how far down it goes), or add noise to the gradient${growth(min.value, maxAbs)}.`,
    'Momentum, smaller batches and saddle-free Newton methods leave saddles faster than plain gradient descent.',
  ];
  if (point.nearness === 'zero' && parameterNorm === 0) {
    advice.unshift('All parameters are zero, which is a symmetric start: initialise them at random (Glorot or He).');
  }
  return advice;
}

/**
 * How fast plain gradient descent leaves: along the eigenvector a deviation grows by 1 + η·|λ_min| per step, at the stable
 * step η = 1/|λ|_max. Where nothing curves down it does not grow.
 */
function growth(lowest: number, maxAbs: number): string {
  if (!(lowest < 0)) return '';
  const steps = Math.LN10 / Math.log1p(-lowest / maxAbs);
  return `: at learning rate ${formatNumber(1 / maxAbs, 3)} a deviation grows tenfold in ${counted(Math.ceil(steps), 'step')}`;
}
