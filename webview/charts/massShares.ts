import type { Estimate } from '../../src/report/sections/estimate';
import type { SpectralSummary } from '../../src/report/sections/spectralSummary';

/** The shares of negative, near-zero and positive eigenvalues. They sum to 1. */
export interface MassShares {
  below: Estimate;
  within: Estimate;
  above: Estimate;
  bound: number;
  /** False where the estimates are too uncertain to show the shares. */
  resolved: boolean;
}

/** The chart does not draw a share whose standard error is above this. */
const RESOLVED = 0.1;

/**
 * Fractions of the eigenvalues that are negative, not told from zero, and above: from the summary, whose errors include
 * what the quadrature cannot resolve between two nodes. The nodes' own masses would hide that. The error of the third
 * is at most the sum of the other two.
 * @param dim number of eigenvalues
 */
export function massShares({ negative, nearZero }: SpectralSummary, dim: number): MassShares {
  // A single probe has no error; that is no reason to hide the figure.
  const below = { value: negative.value / dim, standardError: (negative.standardError ?? NaN) / dim };
  const within = { value: nearZero.value, standardError: nearZero.standardError ?? NaN };
  const above = {
    value: Math.max(0, 1 - below.value - within.value),
    standardError: below.standardError + within.standardError,
  };
  const resolved = !(below.standardError > RESOLVED || within.standardError > RESOLVED);
  return { below, within, above, bound: nearZero.bound, resolved };
}
