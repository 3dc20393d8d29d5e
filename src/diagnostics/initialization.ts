import type { WeightMeasurement } from '../report/sections/dynamics/weights';
import { counted } from '../text/counts';
import { formatNumber, formatPercent } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { courseOf, size } from './signalCourse';

type Read = Pick<Measurements, 'weights' | 'loss'> & Partial<Pick<Measurements, 'depth'>>;

/** Number of layers whose figures are told. */
const MOST_TOLD = 6;

/**
 * Judges whether the weights were drawn at a scale at which the signal grows or dies with depth: a layer that is off by
 * a factor of ten from the rule for its activation, or a chain of layers whose factors multiply beyond a hundred. Weights
 * that have learnt are no longer at their start. Zero weights, the last layer, and layers before an addition or a
 * normalization are often small on purpose, so only too large a scale counts there, or none.
 * @see Glorot & Bengio 2010; He et al. 2015, arXiv:1502.01852; Schoenholz et al. 2017, arXiv:1611.01232
 */
export const initialization = defineDiagnostic({
  id: 'initialization',
  title: 'Scale of the initial weights',
  needs: ['weights', 'loss'],
  uses: ['depth'],
  shownIn: 'weights',
  source: 'Glorot & Bengio 2010; He et al. 2015, arXiv:1502.01852',
  criterion: ({ chanceLoss, initialScale, signalOverDepth }) =>
    `Only where the loss is at least ${formatPercent(chanceLoss)} of the chance loss. Present if the root mean square of a layer's weights is ${initialScale} times or 1/${initialScale} of that of He’s rule (before rectifiers) or Glorot’s, or if the mean square of the signal changes by ${signalOverDepth} or 1/${signalOverDepth} from the first hidden layer to the last. Under bounded activations the product of the squared ratios of all layers takes its place. Zero weights, small last layers, small layers before an addition, and layers before a normalization do not count.`,
  diagnose(read: Read, limits) {
    const { weights, loss, depth } = read;
    const scaled = weights.filter(
      ({ ratio, count }) => ratio !== undefined && ratio > 0 && count >= limits.fewestWeights,
    );
    if (scaled.length === 0)
      return absent('No layer has weights whose scale a rule of initialization tells: nothing to compare.');
    const offending = scaled.filter((weight) => isOff(weight, limits));
    const course = courseOf(weights, depth, limits);
    const evidence = [...evidenceOf(scaled, limits), ...course.evidence];
    const learnt = hasLearnt(loss, limits);
    if (learnt === true) {
      return absent(
        'The model does better than chance, so its weights are no longer those of the start. Their scale is what training made of it.',
        { evidence },
      );
    }
    const found = offending.length > 0 ? toldLayers(offending) : course.found;
    if (!found) {
      const largest = Math.exp(Math.max(...scaled.map(({ ratio = 1 }) => size(ratio))));
      const fits = `within a factor of ${formatNumber(largest, 2)} of He’s or Glorot’s rule`;
      if (course.possible) {
        return inconclusive(`The scale of every layer is ${fits}. ${course.possible}`, {
          evidence,
          advice: ['Measure the signal itself with --only dynamics.'],
        });
      }
      return absent(`The scale of every layer fits its activation, ${fits}.${course.measured}`, { evidence });
    }
    if (learnt === null) {
      return inconclusive(
        `${found} Whether training has brought that about is not known, since no chance loss tells whether the model has learnt.`,
        { evidence },
      );
    }
    return present(offending.length > 0 ? 'high' : 'medium', found, { evidence, advice: ADVICE });
  },
});

const ADVICE = [
  'Draw the weights again: variance 2/fan-in before rectifiers (He), 2/(fan-in + fan-out) before tanh and sigmoid (Glorot).',
  'If the scale has to stay, put a normalization (batch, layer or group) behind each layer: it makes the signal independent of it.',
  'Residual branches and the last layer may start at zero; hidden layers may not.',
];

/** Whether the loss is below that of the best constant answer; null where that is not known. */
function hasLearnt({ value, weightDecay, chance }: Measurements['loss'], limits: Limits): boolean | null {
  return chance === null ? null : value - (weightDecay?.value ?? 0) < limits.chanceLoss * chance;
}

function isOff({ ratio = 1, end }: WeightMeasurement, { initialScale }: Limits): boolean {
  // The scale is lost in a normalization.
  if (end === 'normalization' || end === 'batch normalization') return false;
  return ratio >= initialScale || (ratio <= 1 / initialScale && end === 'layer');
}

function evidenceOf(scaled: readonly WeightMeasurement[], { initialScale }: Limits): Judgment['evidence'] {
  const ranked = [...scaled].sort((a, b) => size(b.ratio ?? 1) - size(a.ratio ?? 1));
  return ranked.slice(0, MOST_TOLD).map(({ parameter, ratio = 1, rule }) => ({
    name: `scale of «${parameter}» / ${rule === 'he' ? 'He' : 'Glorot'}`,
    value: ratio,
    error: 0,
    threshold: ratio < 1 ? 1 / initialScale : initialScale,
  }));
}

function toldLayers(offending: readonly WeightMeasurement[]): string {
  const [worst] = [...offending].sort((a, b) => size(b.ratio ?? 1) - size(a.ratio ?? 1));
  const { parameter, ratio = 1, rule, activation } = worst;
  const more = offending.length > 1 ? `, and ${counted(offending.length - 1, 'other tensor')} beyond the limit` : '';
  const before = activation === undefined ? '' : ` before ${activation}`;
  const times = ratio > 1 ? `${formatNumber(ratio, 2)} times` : `1/${formatNumber(1 / ratio, 2)} of`;
  return `«${parameter}» has ${times} the scale of ${rule === 'he' ? 'He’s' : 'Glorot’s'} rule${before}${more}: ${ratio > 1 ? 'the signal grows or the units saturate' : 'the signal dies'} there.`;
}
