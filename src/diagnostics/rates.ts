import type { Limits } from './limits';
import type { WithError } from './measurements';

/**
 * The range of a factor with its error. Errors of factors multiply: a factor of 0.05 ± 0.05 may be 0.02 or 0.14, but not
 * zero, so the range is value·e^(±z·error/value).
 */
export function boundsOf({ value, error }: WithError, { standardErrors }: Limits): { low: number; high: number } {
  const spread = Math.exp((standardErrors * error) / value);
  return { low: value / spread, high: value * spread };
}
