import { curvesDown } from './curvesDown';
import { counted } from '../text/counts';
import { formatNumber, formatPercent, formatCompact } from '../text/numbers';
import { negativeCurvature } from './criticalPoint';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import { lossUnit } from './lossUnit';
import type { Measurements } from './measurements';
import { escapeEvidence, leadsOut, wayOut } from './wayOut';
import { stationarity } from './stationarity';

/**
 * Judges whether θ is a local minimum: the gradient vanishes and no direction curves down. This is proven only if every
 * eigenvalue is known and positive. Lanczos sees only what its random start vector contains, so otherwise the verdict
 * says "none found". Where curvature vanishes, the loss may fall at third or higher order, so a degenerate minimum is
 * claimed only after descents from random points nearby have found no way down.
 * @see Nocedal & Wright 2006, theorems 2.3 and 2.4; Sagun et al. 2016, arXiv:1611.07476 (degenerate minima of networks)
 */
export const minimum = defineDiagnostic({
  id: 'minimum',
  title: 'Local minimum',
  needs: ['loss', 'gradient', 'extremes'],
  uses: ['parameterNorm', 'dim', 'descent', 'escape', 'elsewhere'],
  shownIn: 'spectrum',
  source: 'Sagun et al. 2016, arXiv:1611.07476',
  criterion: ({ weakNegativeCurvature }) =>
    `Present if the point is critical, L-BFGS does not descend from it, no eigenvalue is negative beyond its error, and what may still be negative is below ${formatPercent(weakNegativeCurvature)} of λ_max. Where λ_min = 0 within its error, descents from random points nearby must have found no way down.`,
  diagnose(read, limits) {
    const { extremes } = read;
    const { min, max, exact, zero } = extremes;
    const point = stationarity(read, limits);
    const way = leadsOut(read, limits);
    const details = {
      evidence: [...negativeCurvature(extremes).evidence, ...escapeEvidence(read, limits), ...point.evidence],
    };
    // Where training should end at a minimum, its absence is worth knowing.
    const missing = { ...details, level: 'notice' as const };
    const lowest = `λ_min = ${formatCompact(min.value, min.error)}`;

    if (extremes.negative > 0) return absent(`Not a minimum: ${curvesDown(extremes)}.`, missing);
    if (point.nearness === 'descending') return absent(`Not a minimum: ${point.sentence}`, missing);
    // From a gradient of zero L-BFGS goes where rounding leads it, which the ways out test better.
    const gain = point.nearness === 'zero' ? null : descended(read, limits);
    if (gain !== null) {
      return absent(
        `Not a minimum: no direction certainly curves down, but from here L-BFGS lowers the loss by ${formatPercent(gain)}, without a rise on the way.`,
        missing,
      );
    }
    if (point.nearness === 'unclear') {
      return inconclusive(
        `No negative curvature was found (${lowest}), but this is not clearly a critical point. ${point.sentence}`,
        details,
      );
    }
    if (way) {
      return absent(
        `Not a minimum: no direction certainly curves down, but the loss can be lowered. ${wayOut(way)}`,
        missing,
      );
    }
    if (exact && zero === 0) {
      return present(
        'info',
        `Strict local minimum: the gradient vanishes and all ${read.dim ?? ''} eigenvalues are positive, ${lowest}.`,
        { ...details, level: 'fine' },
      );
    }
    // Curvature that may still be negative must be small compared with λ_max.
    const doubt = Math.max(0, min.error - min.value);
    if ((!exact && !min.converged) || doubt > limits.weakNegativeCurvature * max.value) {
      return inconclusive(`The gradient vanishes, but ${lowest} may still be negative.`, {
        ...details,
        advice: ['Raise the Lanczos steps (--lanczos-steps) and the samples to narrow the error of λ_min.'],
      });
    }
    // Where curvature vanishes, the loss may still fall at third or higher order: only trying shows it.
    const tried = read.escape?.probes ?? 0;
    if (min.value <= min.error && tried === 0) {
      return inconclusive(
        `The gradient vanishes and no direction certainly curves down (${lowest}). Whether the flat directions lead down was not tried.`,
        { ...details, advice: ['Measure the part «dynamics» as well, which tries to leave this point.'] },
      );
    }
    const flat = exact ? `${counted(zero ?? 0, 'flat direction')}` : 'flat directions';
    return min.value > min.error
      ? present(
          'info',
          `Local minimum as far as Lanczos sees: the gradient vanishes and ${lowest} is the smallest eigenvalue found.`,
          { ...details, level: 'fine' },
        )
      : present(
          'info',
          `Degenerate minimum, with ${flat}: the gradient vanishes and no eigenvalue below −${formatNumber(doubt, 3)} was found. ${counted(tried, 'descent')} from random points nearby found no way down.`,
          {
            ...details,
            level: 'fine',
            advice: [
              'Flat directions are usual in networks with more weights than the data needs. Curvature smaller than the error bar could still be negative.',
            ],
          },
        );
  },
});

/** The share of the loss by which L-BFGS descends from θ, where that is clearly more than at a critical point; else null. */
function descended(
  { loss, elsewhere }: Pick<Measurements, 'loss'> & Partial<Measurements>,
  limits: Limits,
): number | null {
  if (!elsewhere) return null;
  const gain = (loss.value - elsewhere.descent.loss - elsewhere.resolution) / lossUnit(loss, limits);
  return gain > limits.descendingDecrease ? gain : null;
}
