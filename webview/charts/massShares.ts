import type { Estimate } from '../../src/report/curvature';
import { massBetween } from '../../src/report/density';
import { quadratures } from './drawnDensity';
import type { DensitySource } from './drawnDensity';

/** How the eigenvalues divide: fractions of their number that sum to 1. */
export interface MassShares {
  below: Estimate;
  within: Estimate;
  above: Estimate;
  bound: number;
}

/**
 * Fractions of the eigenvalues below −bound, in [−bound, bound] and above it, from the quadratures; null without them.
 * The errors are over probes, NaN for a single one.
 */
export function massShares(source: DensitySource, bound: number): MassShares | null {
  const ritz = quadratures(source);
  if (ritz.length === 0) return null;
  // The next number beyond the bound: `massBetween` includes both of its ends.
  const beyond = bound * (1 + Number.EPSILON) + Number.MIN_VALUE;
  return {
    below: massBetween(ritz, -Infinity, -beyond),
    within: massBetween(ritz, -bound, bound),
    above: massBetween(ritz, beyond, Infinity),
    bound,
  };
}
