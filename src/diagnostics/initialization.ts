import type { WeightMeasurement } from '../report/sections/dynamics/weights';
import { counted } from '../text/counts';
import { formatNumber } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import type { SignalChain } from './signalChain';
import { signalChains } from './signalChain';

type Read = Pick<Measurements, 'weights' | 'loss'>;

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
  shownIn: 'layers',
  source: 'Glorot & Bengio 2010; He et al. 2015, arXiv:1502.01852',
  diagnose(read: Read, limits) {
    const { weights, loss } = read;
    const scaled = weights.filter(
      ({ ratio, count }) => ratio !== undefined && ratio > 0 && count >= limits.fewestWeights,
    );
    if (scaled.length === 0)
      return absent('No layer has weights whose scale a rule of initialization tells: nothing to compare.');
    const offending = scaled.filter((weight) => isOff(weight, limits));
    const chains = signalChains(weights).sort((a, b) => size(b.factor) - size(a.factor));
    const evidence = evidenceOf(scaled, chains, limits);
    const learnt = hasLearnt(loss, limits);
    if (learnt === true) {
      return absent(
        'The model does better than chance, so its weights are no longer those of the start. Their scale is what training made of it.',
        { evidence },
      );
    }
    const found = offending.length > 0 ? toldLayers(offending) : toldChain(chains[0], limits);
    if (!found) {
      return absent(
        `The scale of every layer fits its activation: within a factor of ${formatNumber(Math.exp(Math.max(...scaled.map(({ ratio = 1 }) => size(ratio)))), 2)} of He’s or Glorot’s rule.`,
        { evidence },
      );
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

/** |log| */
const size = (factor: number): number => Math.abs(Math.log(factor));

/** Whether the loss is below that of the best constant answer; null where that is not known. */
function hasLearnt({ value, weightDecay, chance }: Measurements['loss'], limits: Limits): boolean | null {
  return chance === null ? null : value - (weightDecay?.value ?? 0) < limits.chanceLoss * chance;
}

function isOff({ ratio = 1, end }: WeightMeasurement, { initialScale }: Limits): boolean {
  // The scale is lost in a normalization.
  if (end === 'normalization' || end === 'batch normalization') return false;
  return ratio >= initialScale || (ratio <= 1 / initialScale && end === 'layer');
}

function evidenceOf(
  scaled: readonly WeightMeasurement[],
  chains: readonly SignalChain[],
  limits: Limits,
): Judgment['evidence'] {
  const ranked = [...scaled].sort((a, b) => size(b.ratio ?? 1) - size(a.ratio ?? 1));
  const [chain] = chains;
  return [
    ...ranked.slice(0, MOST_TOLD).map(({ parameter, ratio = 1, rule }) => ({
      name: `scale of «${parameter}» / ${rule === 'he' ? 'He' : 'Glorot'}`,
      value: ratio,
      error: 0,
    })),
    ...(chain && size(chain.factor) > size(limits.initialScale)
      ? [
          {
            name: `factor of the mean square over ${counted(chain.layers.length, 'layer')}`,
            value: chain.factor,
            error: 0,
          },
        ]
      : []),
  ];
}

function toldLayers(offending: readonly WeightMeasurement[]): string {
  const [worst] = [...offending].sort((a, b) => size(b.ratio ?? 1) - size(a.ratio ?? 1));
  const { parameter, ratio = 1, rule, activation } = worst;
  const more = offending.length > 1 ? `, and ${counted(offending.length - 1, 'other tensor')} beyond the limit` : '';
  const before = activation === undefined ? '' : ` before ${activation}`;
  const times = ratio > 1 ? `${formatNumber(ratio, 2)} times` : `1/${formatNumber(1 / ratio, 2)} of`;
  return `«${parameter}» has ${times} the scale of ${rule === 'he' ? 'He’s' : 'Glorot’s'} rule${before}${more}: ${ratio > 1 ? 'the signal grows or the units saturate' : 'the signal dies'} there.`;
}

function toldChain(chain: SignalChain | undefined, { signalOverDepth }: Limits): string | null {
  if (!chain || size(chain.factor) < Math.log(signalOverDepth)) return null;
  const { layers, factor, isBounded } = chain;
  const rate = factor ** (1 / layers.length);
  const [first, last] = [layers[0].parameter, layers[layers.length - 1].parameter];
  const effect =
    isBounded && factor > 1
      ? 'The units saturate, and the gradient grows towards the input'
      : factor > 1
        ? 'The signal grows'
        : 'The signal dies';
  return `From «${first}» to «${last}» each layer multiplies the mean square of its input by ${formatNumber(rate, 2)} where the rules give 1, over ${counted(layers.length, 'layer')} by ${formatNumber(factor, 2)}. ${effect} with depth.`;
}
