import type { RescalingMeasurement } from '../report/sections/dynamics/rescaling';
import { counted } from '../text/counts';
import { formatNumber } from '../text/numbers';
import { absent, defineDiagnostic, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';

type Pair = RescalingMeasurement['pairs'][number];

/** Number of pairs whose figures are told. */
const MOST_TOLD = 4;

/**
 * Judges whether layers that can take a factor from one another are unbalanced. The imbalance of a pair is the geometric
 * mean over its units of the norm of incoming over that of outgoing weights, divided by the ratio that unequal widths
 * alone bring about. The geometric mean is the factor by which one scaling of the whole layer is off, and one odd unit
 * does not decide it.
 * @see Dinh et al. 2017, arXiv:1703.04933; Neyshabur, Salakhutdinov & Srebro 2015, arXiv:1506.02617
 */
export const rescaling = defineDiagnostic({
  id: 'rescaling',
  title: 'Unbalanced layers',
  needs: ['rescaling'],
  uses: ['parameterNorm', 'gradient'],
  shownIn: 'weights',
  source: 'Dinh et al. 2017, arXiv:1703.04933; Neyshabur, Salakhutdinov & Srebro 2015, arXiv:1506.02617',
  criterion: ({ imbalance }) =>
    `For each unit between two layers, r = ‖incoming weights‖ / ‖outgoing weights‖. Present if the geometric mean of r over the units, divided by the ratio that weights of variance 1/fan-in have, is at least ${imbalance} or at most 1/${imbalance}.`,
  diagnose({ rescaling: { pairs, balanced }, parameterNorm, gradient }, limits) {
    const judged = pairs.filter(({ ratio }) => Number.isFinite(imbalanceOf({ ratio, expected: 1 })));
    if (pairs.length === 0)
      return absent('No two layers can take a factor from one another: what is between them is not homogeneous.');
    if (judged.length === 0)
      return absent('In every pair of layers one side is zero in all units, so no factor balances them.');
    const ranked = [...judged].sort((a, b) => size(b) - size(a));
    const evidence = ranked.slice(0, MOST_TOLD).flatMap((pair) => evidenceOf(pair, limits));
    if (balanced && parameterNorm !== undefined) {
      evidence.push({ name: '‖θ‖', value: parameterNorm, error: 0 });
      evidence.push({ name: '‖θ‖ of balanced weights', value: balanced.parameters, error: 0 });
    }
    if (balanced?.gradient !== undefined && gradient) {
      evidence.push({ name: '‖g‖', ...gradient.norm });
      evidence.push({ name: '‖g‖ at balanced weights', value: balanced.gradient, error: 0 });
    }
    const [worst] = ranked;
    const off = ranked.filter((pair) => size(pair) >= Math.log(limits.imbalance));
    if (off.length === 0) {
      return absent(
        `The layers are balanced: of ${counted(judged.length, 'pair')} the most unequal is off by a factor of ${formatNumber(Math.exp(size(worst)), 2)}.`,
        { evidence },
      );
    }
    const [heavy, light] = imbalanceOf(worst) > 1 ? [worst.first, worst.second] : [worst.second, worst.first];
    return present(
      size(worst) >= Math.log(limits.severeImbalance) ? 'high' : 'medium',
      `${named(heavy)} is ${formatNumber(Math.exp(size(worst)), 2)} times as long as ${named(light)}, unit by unit and beyond what their widths bring about${others(off)}. The same function has balanced weights: what depends on the scale of the weights (λ_max, ‖g‖, the stable step) says little here.`,
      {
        evidence,
        advice: [
          `Multiply the weights and biases before each unit by √(outgoing/incoming) and divide the weights behind it by the same: the function does not change, and both norms become ${formatNumber(worst.balancedNorm, 3)}.`,
          'Plain gradient descent takes one step size for both layers: the long one hardly moves, the short one overshoots. Balanced weights, a rate per layer, or Adam avoid that.',
          'Compare models by figures that a rescaling does not change: filter-normalized curvature, and θᵀHθ of each tensor.',
        ],
      },
    );
  },
});

function imbalanceOf({ ratio, expected }: Pick<Pair, 'ratio' | 'expected'>): number {
  return ratio.geometricMean / expected;
}

/** |log| of the imbalance. */
const size = (pair: Pair): number => Math.abs(Math.log(imbalanceOf(pair)));

function evidenceOf(pair: Pair, { imbalance }: Limits): Judgment['evidence'] {
  const threshold = imbalanceOf(pair) < 1 ? 1 / imbalance : imbalance;
  const name = `${named(pair.first)} / ${named(pair.second)}`;
  return [
    { name: `norm in / out, ${name}`, value: pair.ratio.geometricMean, error: 0 },
    { name: 'the same over the ratio of the widths', value: imbalanceOf(pair), error: 0, threshold },
    { name: 'norm of either side when balanced', value: pair.balancedNorm, error: 0 },
  ];
}

function named([first, ...rest]: readonly string[]): string {
  return rest.length > 0 ? `«${first}» and ${counted(rest.length, 'other tensor')}` : `«${first}»`;
}

const others = (off: readonly Pair[]): string =>
  off.length > 1 ? ` (and ${counted(off.length - 1, 'other pair')} beyond the limit)` : '';
