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

/** The page does not draw the shares when a standard error exceeds this. */
const RESOLVED = 0.1;

/**
 * Computes the fractions of the eigenvalues below, within and above the bound at which they can be told from zero.
 * The numbers come from the summary, whose errors include what the quadrature cannot resolve between two nodes. The
 * weights of the nodes would hide that error. The error of the third fraction is at most the sum of the other two,
 * and that sum is returned.
 * @param dim number of eigenvalues
 */
export function massShares({ negative, nearZero }: SpectralSummary, dim: number): MassShares {
  // A single probe gives no error. NaN exceeds no limit, so the share is still shown.
  const below = { value: negative.value / dim, standardError: (negative.standardError ?? NaN) / dim };
  const within = { value: nearZero.value, standardError: nearZero.standardError ?? NaN };
  const above = {
    value: Math.max(0, 1 - below.value - within.value),
    standardError: below.standardError + within.standardError,
  };
  const resolved = !(below.standardError > RESOLVED || within.standardError > RESOLVED);
  return { below, within, above, bound: nearZero.bound, resolved };
}
