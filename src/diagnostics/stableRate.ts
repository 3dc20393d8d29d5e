import type { ExtremeEigenvalues } from './measurements';

/** 2/λ_max, the largest learning rate at which plain gradient descent is stable here; ∞ where curvature gives no bound. */
export function stableRate(extremes: ExtremeEigenvalues | undefined): number {
  return extremes && extremes.max.value > extremes.max.error ? 2 / extremes.max.value : Infinity;
}
