import { formatNumber, formatCompact } from '../text/numbers';
import { curvatureSpread } from './curvatureSpread';
import type { Spread } from './curvatureSpread';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import { featureAdvice, featureEvidence } from './featureScaling';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { largestDescendingStep } from './stationarity';

type Read = Pick<Measurements, 'extremes'> & Partial<Measurements>;

/**
 * Judges ill-conditioning: the sharpest direction bounds the step (2/λ_max), and at that step typical directions hardly
 * move. The condition number κ = λ_max/λ_min is meaningful only if every eigenvalue is known and positive. Otherwise
 * λ_max is compared with the median |λ|, because λ_min is zero up to noise in every network.
 * @see Nocedal & Wright 2006, section 3.3 (rate (κ−1)/(κ+1)); Ghorbani et al. 2019, arXiv:1901.10159 (outliers and
 * bulk)
 */
export const illConditioning = defineDiagnostic({
  id: 'ill-conditioning',
  title: 'Ill-conditioning',
  needs: ['extremes'],
  uses: ['gradient', 'quadratures', 'trace', 'dim', 'features'],
  shownIn: 'spectrum',
  source: 'Ghorbani, Krishnan & Xiao 2019, arXiv:1901.10159',
  criterion: ({ conditionNumber, medianRatio }) =>
    `Present if κ = λ_max/λ_min is at least ${formatNumber(conditionNumber, 3)} where every eigenvalue is known and positive, and otherwise if λ_max is at least ${formatNumber(medianRatio, 3)} times the median |λ|. A bound on either side of the threshold decides.`,
  diagnose(read: Read, limits) {
    const { max } = read.extremes;
    if (max.value <= max.error) {
      const evidence = [{ name: 'λ_max', value: max.value, error: max.error }];
      return max.value < -max.error
        ? absent('No direction curves up, so none bounds the step.', { evidence })
        : inconclusive(`λ_max = ${formatCompact(max.value, max.error)} cannot be told from zero.`, { evidence });
    }
    const spread = curvatureSpread(read);
    const details = {
      evidence: [
        ...(spread ? evidenceOf(spread, limits) : []),
        ...effectiveRank(read),
        ...stepEvidence(read),
        ...featureEvidence(read.features),
      ],
    };
    if (!spread)
      return inconclusive('Only the ends of the spectrum were measured: what lies between them is not known.', details);

    const { lower, upper, words } = spread;
    const limit = limitOf(spread, limits);
    if (upper < limit) return absent(`Well-conditioned: ${words}.`, details);
    if (lower < limit) {
      return inconclusive(
        `Not known to be ill-conditioned: ${words}; ${formatNumber(limit, 3)} times flatter would count.`,
        { ...details, advice: [moreSteps(read)] },
      );
    }
    // For κ < ∞ each step of the best constant rate shrinks the error by (κ−1)/(κ+1): κ·ln(10)/2 steps per digit.
    const steps = (Math.max(lower, spread.ratio.value) * Math.LN10) / 2;
    return present(
      severity(spread, limits),
      `Ill-conditioned: ${words}. At its best constant learning rate, plain gradient descent needs about ${formatNumber(steps, 2)} steps per decimal digit along the ${spread.slow}.`,
      {
        ...details,
        level: isObstacle(spread, limits) ? 'action' : 'notice',
        advice: adviceFor(read, limits),
      },
    );
  },
});

/** What would narrow the spread: both of what a quadrature is made of, twice as many. */
function moreSteps({ quadratures = [], dim = Infinity }: Read): string {
  const [probes, steps] = [quadratures.length, quadratures[0]?.nodes.length ?? 0];
  const twice = (count: number, flag: string) => (count > 0 ? `${flag} ${Math.min(2 * count, dim)}` : flag);
  return `Raise the probes (${twice(probes, '--probes')}) and the Lanczos steps (${twice(steps, '--lanczos-steps')}).`;
}

function severity({ kind, ratio: { value } }: Spread, limits: Limits): 'low' | 'medium' | 'high' {
  if (value < limits.severeConditionNumber) return 'low';
  // Directions that are flat up to noise are no obstacle. Directions with small but known curvature are.
  return value < limits.hopelessConditionNumber || kind !== 'condition number' ? 'medium' : 'high';
}

/** A spread between λ_max and the typical |λ| is usual in trained networks. A known, large condition number is not. */
function isObstacle({ kind, ratio: { value } }: Spread, { severeConditionNumber }: Limits): boolean {
  return kind === 'condition number' && value >= severeConditionNumber;
}

/** Where the verdict changes. */
function limitOf({ kind }: Spread, { conditionNumber, medianRatio }: Limits): number {
  return kind === 'condition number' ? conditionNumber : medianRatio;
}

function evidenceOf(spread: Spread, limits: Limits): Judgment['evidence'] {
  const { kind, ratio, outliers } = spread;
  const evidence = [{ name: kind, ...ratio, threshold: limitOf(spread, limits) }];
  return outliers === null
    ? evidence
    : [...evidence, { name: 'share of eigenvalues above a tenth of λ_max', ...outliers }];
}

/** Computes trace/λ_max, the number of directions with curvature λ_max that would give the same trace. */
function effectiveRank({ trace, extremes }: Read): Judgment['evidence'] {
  if (!trace || !(trace.value > 2 * trace.error + extremes.noiseFloor)) return [];
  const { max } = extremes;
  const value = trace.value / max.value;
  return [
    { name: 'effective rank tr H/λ_max', value, error: trace.error / max.value + (value * max.error) / max.value },
  ];
}

function stepEvidence({ gradient, extremes }: Read): Judgment['evidence'] {
  const stable = 2 / extremes.max.value;
  const evidence = [
    { name: 'largest stable step 2/λ_max', value: stable, error: (stable * extremes.max.error) / extremes.max.value },
  ];
  const now = gradient ? largestDescendingStep(gradient) : null;
  if (now === null) return evidence;
  evidence.push({ name: 'largest step that lowers the loss now 2·gᵀg/gᵀHg', value: now, error: 0 });
  // gᵀHg/(gᵀg·λ_max): 1 when the gradient points along the sharpest direction, where long steps overshoot.
  return [
    ...evidence,
    {
      name: 'curvature along the gradient / λ_max',
      value: stable / now,
      error: (stable / now) * (extremes.max.error / extremes.max.value),
    },
  ];
}

function adviceFor({ extremes, features }: Read, limits: Limits): string[] {
  const { max } = extremes;
  const scaling = featureAdvice(features, limits);
  return [
    ...(scaling ? [scaling] : []),
    `Keep plain gradient descent below a learning rate of ${formatNumber(2 / max.value, 3)} (2/λ_max), and use momentum: it needs √κ instead of κ steps.`,
    'Use a preconditioned method: Adam or Shampoo, K-FAC or a Newton-CG step for small models.',
    'Normalise between layers (batch, layer or group normalisation).',
  ];
}
