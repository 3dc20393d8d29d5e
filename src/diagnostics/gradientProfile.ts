import type { Limits } from './limits';
import type { LayerGradient } from './measurements';

/** The gradient per weight, ‖gₗ‖/√nₗ, over the tensors. */
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
