import { formatNumber, formatPercent, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Measurements } from './measurements';
import { stableRate } from './stableRate';

/**
 * Judges whether a cliff stands near θ: a wall on which the slope grows abruptly, as products of many weights make it.
 * A gradient step that meets the wall throws the weights far away. Bowls and other polynomials of low degree are steep
 * far from θ as well, but their slope grows in proportion to a power of the distance.
 * @see Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063, section 2.3; Goodfellow, Bengio & Courville 2016, section 8.2.4
 */
export const cliff = defineDiagnostic({
  id: 'cliff',
  title: 'Cliff',
  needs: ['cliff'],
  uses: ['parameterNorm', 'extremes'],
  shownIn: 'scans',
  source: 'Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063',
  criterion: ({ cliffGrowth, cliffRise }) =>
    `Present if on a scan no longer than half the weights the slope grows ${cliffGrowth}-fold where the distance doubles, M(2D)/M(D) with M(D) the steepest slope up to distance D, or is ${cliffGrowth} times the 90th percentile of all slopes, and the loss on the face changes by ${formatPercent(cliffRise)} of its scale. The slope of a parabola grows at most threefold, that of a quartic 99-fold.`,
  diagnose({ cliff: { scans, wall, clipping, gradientNorms }, parameterNorm, extremes }, limits) {
    const { growth, narrowness, fromCentre, rise, foot } = wall;
    const evidence: Judgment['evidence'] = [
      { name: 'slope / slope up to half the distance', value: growth, error: 0, threshold: limits.cliffGrowth },
      { name: 'slope / 90th percentile of the slopes', value: narrowness, error: 0, threshold: limits.cliffGrowth },
      { name: 'steepest slope / slope here', value: fromCentre, error: 0 },
      {
        name: 'change of the loss on the face, in units of its scale',
        value: rise,
        error: 0,
        threshold: limits.cliffRise,
      },
    ];
    const along = named(scans[wall.scan].direction, wall.alpha[0] < 0);
    const abrupt = Math.max(growth, narrowness);
    if (abrupt < limits.cliffGrowth || rise < limits.cliffRise) {
      const gradual = fromCentre >= limits.cliffGrowth;
      return absent(
        gradual
          ? `No cliff: along ${along} the slope grows ${formatNumber(fromCentre, 2)}-fold within half the length of the weights, but gradually: at most ${formatNumber(abrupt, 2)}-fold where the distance doubles.`
          : `No cliff: on scans half as long as the weights the slope grows at most ${formatNumber(abrupt, 2)}-fold where the distance doubles.`,
        { evidence },
      );
    }
    if (foot) {
      evidence.unshift({ name: 'distance to the wall', value: foot.value, error: foot.standardError ?? 0 });
      if (parameterNorm)
        evidence.push({
          name: 'distance / ‖θ‖',
          value: foot.value / parameterNorm,
          error: (foot.standardError ?? 0) / parameterNorm,
        });
    }
    if (gradientNorms) {
      evidence.push(
        { name: 'gradient norm here', value: gradientNorms.centre, error: 0 },
        { name: 'gradient norm on the face', value: gradientNorms.face, error: 0 },
      );
    }
    if (clipping) evidence.push({ name: 'largest learning rate with such clipping', value: clipping.rate, error: 0 });
    const where = foot
      ? ` ${formatCompact(foot.value, foot.standardError ?? 0)} from here${parameterNorm ? ` (${formatPercent(foot.value / parameterNorm)} of ‖θ‖)` : ''}`
      : ' nearby';
    const steepness =
      growth >= narrowness
        ? `grows ${formatNumber(growth, 2)}-fold where the distance doubles`
        : `is ${formatNumber(narrowness, 2)} times the 90th percentile of all slopes on the way`;
    return present(
      'medium',
      `A wall stands${where} along ${along}: the slope there ${steepness}, and is ${formatNumber(fromCentre, 2)} times the slope here.`,
      {
        evidence,
        advice: [
          clipping
            ? `Clip the gradient to norm ${formatNumber(clipping.norm, 2)}, which gradients here have: at learning rates up to ${formatNumber(clipping.rate, 2)} a step then stays before the wall, and a step on it does not throw the weights away.${boundHere(extremes, clipping.rate)}`
            : 'Clip the norm of the gradient, so that a step on the wall does not throw the weights away.',
          'Walls come from products of many weights, in depth or over time: normalisation layers, residual connections or gates, and smaller or orthogonal weights lower them.',
        ],
      },
    );
  },
});

/** Tells where the curvature at θ allows a smaller learning rate than the wall does. */
function boundHere(extremes: Measurements['extremes'] | undefined, rate: number): string {
  const stable = stableRate(extremes);
  return stable < rate ? ` The curvature here allows less, 2/λ_max = ${formatNumber(stable, 3)}.` : '';
}

function named(direction: string, backwards: boolean): string {
  if (direction === 'gradient') return backwards ? '−g' : '+g';
  return direction === 'top/1' ? 'the eigenvector of λ_max' : 'a random direction';
}
