import type { Limits } from './limits';
import type { Measurements } from './measurements';

/**
 * The unit in which decreases of the loss are judged: the loss itself, but at least a fraction of the chance loss,
 * because relative to a loss that goes to 0 every decrease is large.
 */
export function lossUnit({ value, chance }: Measurements['loss'], { interpolatedLoss }: Limits): number {
  return Math.max(Math.abs(value), interpolatedLoss * (chance ?? 0));
}
