import { formatNumber, formatPercent } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import type { LayerGradient } from './measurements';

/**
 * Judges whether the gradient vanishes in layers near the input. It compares the root mean square per weight, ‖gₗ‖/√nₗ,
 * so that a large layer does not look better than a small one.
 * @see Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks
 */
export const vanishingGradient = defineDiagnostic({
  id: 'vanishing-gradient',
  title: 'Vanishing gradient',
  needs: ['layers'],
  shownIn: 'layers',
  source: 'Glorot & Bengio 2010',
  diagnose({ layers }, limits) {
    const profile = gradientProfile(layers, limits);
    if (!profile) {
      return inconclusive(
        layers.length === 0
          ? 'No gradient per layer was measured.'
          : 'The gradient is zero in every layer, so none can be compared.',
      );
    }
    const { first, largest, ratio, vanished, share, decayPerLayer, towardsInput } = profile;
    const evidence = [
      { name: 'gradient per weight, first layer / largest', value: ratio, error: 0 },
      { name: 'share of parameters with vanished gradient', value: share, error: 0 },
    ];
    if (vanished.length === 0) {
      return absent(
        `The gradient reaches every layer: per weight, the first layer («${first.name}») gets ${formatPercent(ratio)} of the largest.`,
        { evidence },
      );
    }
    const where = `${vanished.length} of ${layers.length} tensors, ${formatPercent(share)} of the parameters, get less than ${formatPercent(limits.vanishingRatio)} of the gradient per weight that «${largest.name}» gets`;
    if (!towardsInput) {
      return inconclusive(
        `${where}, but they are not the ones nearest to the input: they may be unused, or their units dead.`,
        {
          evidence,
          advice: [
            `Look at ${vanished
              .slice(0, 3)
              .map(({ name }) => `«${name}»`)
              .join(', ')}: does the output depend on them?`,
          ],
        },
      );
    }
    evidence.push({ name: 'factor per layer towards the input', value: decayPerLayer, error: 0 });
    return present(
      share >= limits.vanishedShare ? 'high' : 'medium',
      `The gradient vanishes towards the input: ${where}; the first layer («${first.name}») gets ${formatNumber(ratio, 3)} of it.`,
      {
        evidence,
        advice: [
          'Replace saturating activations (sigmoid, tanh) between layers by ReLU or GELU, with He initialisation.',
          'Add normalisation layers and residual connections, which let the gradient through unchanged.',
          `A larger learning rate does not help: the layers differ by a factor of ${formatNumber(1 / ratio, 3)}. A rate per layer, or Adam, hides the difference in scale only.`,
        ],
      },
    );
  },
});

export interface GradientProfile {
  first: LayerGradient;
  largest: LayerGradient;
  /** Root mean square of the first layer's gradient over the largest. */
  ratio: number;
  vanished: LayerGradient[];
  /** Share of the parameters in vanished tensors. */
  share: number;
  /** Mean factor from one weight tensor to the one before. */
  decayPerLayer: number;
  /** Whether the vanished tensors lie before the largest one. */
  towardsInput: boolean;
}

/**
 * Profiles the gradient per weight over the tensors with a weight matrix. Returns null if there is no gradient at all.
 */
export function gradientProfile(layers: readonly LayerGradient[], limits: Limits): GradientProfile | null {
  const weights = layers.filter(({ shape, count }) => shape.length > 1 && count > 0);
  const first = weights[0];
  if (!first) return null;
  const largest = weights.reduce((a, b) => (perWeight(b) > perWeight(a) ? b : a));
  const scale = perWeight(largest);
  if (!(scale > 0)) return null;
  const vanished = layers.filter((layer) => layer.count > 0 && perWeight(layer) < limits.vanishingRatio * scale);
  const total = layers.reduce((sum, { count }) => sum + count, 0);
  const ratio = perWeight(first) / scale;
  const depth = weights.indexOf(largest);
  return {
    first,
    largest,
    ratio,
    vanished,
    share: vanished.reduce((sum, { count }) => sum + count, 0) / total,
    decayPerLayer: depth > 0 ? ratio ** (1 / depth) : 1,
    towardsInput:
      ratio < limits.vanishingRatio && vanished.every((layer) => layers.indexOf(layer) < layers.indexOf(largest)),
  };
}

function perWeight({ norm, count }: LayerGradient): number {
  return norm / Math.sqrt(count);
}
