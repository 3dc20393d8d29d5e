import { counted } from '../text/counts';
import { formatCompact } from '../text/numbers';
import type { ExtremeEigenvalues } from './measurements';

/**
 * Says that the loss curves down, with what shows it. A direction v with vᵀHv < 0 proves it even where the error of
 * λ_min reaches zero; then the count of such directions is told, and that λ_min itself is not resolved.
 */
export function curvesDown({ min, negative, exact }: ExtremeEigenvalues): string {
  const lowest = `λ_min = ${formatCompact(min.value, min.error)}`;
  if (min.value < -min.error) return `the loss curves down, ${lowest}`;
  return `the loss curves down in ${exact ? '' : 'at least '}${counted(negative, 'direction')}, how much is not resolved (${lowest})`;
}
