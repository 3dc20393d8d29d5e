import type { Limits } from './limits';
import type { LayerGradient } from './measurements';

/** How the gradient is spread over the weights. */
export interface GradientProfile {
  /** Share of the weights in layers whose gradient has vanished. */
  share: number;
  /** Whether these layers lie before the one with the largest gradient. */
  towardsInput: boolean;
}

/**
 * Compares the layers by ‖gₗ‖·‖Wₗ‖, the change of the loss when all weights of a layer are scaled by a common factor, at
 * most. It stays the same when a layer is multiplied by a factor and the next one divided by it, as ‖gₗ‖ alone does not.
 * Weights of zero that have a gradient tell no scale and are left out. Reports of earlier versions have no norms of the
 * weights; theirs are compared by the root mean square of the gradient.
 * @returns null if no weights have a gradient
 */
export function gradientProfile(layers: readonly LayerGradient[], limits: Limits): GradientProfile | null {
  const matrices = layers.filter(({ shape, count }) => shape.length > 1 && count > 0);
  const isScaled = matrices.every(({ weightNorm }) => weightNorm !== undefined);
  const sizes = matrices
    .map(({ norm, count, weightNorm = 0 }) => ({
      count,
      size: isScaled ? norm * weightNorm : norm / Math.sqrt(count),
      isUnknown: isScaled && weightNorm === 0 && norm > 0,
    }))
    .filter(({ isUnknown }) => !isUnknown);
  const largest = sizes.reduce((most, { size }) => Math.max(most, size), 0);
  if (!(largest > 0)) return null;
  const hasVanished = sizes.map(({ size }) => size < limits.vanishingRatio * largest);
  const at = sizes.findIndex(({ size }) => size === largest);
  const count = (of: readonly { count: number }[]) => of.reduce((sum, each) => sum + each.count, 0);
  return {
    share: count(sizes.filter((_, i) => hasVanished[i])) / count(matrices),
    towardsInput: hasVanished[0] && hasVanished.every((vanished, i) => !vanished || i < at),
  };
}
