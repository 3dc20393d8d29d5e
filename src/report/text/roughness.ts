import { formatMeasured, formatWithError } from '../../text/numbers';
import { formatCount } from '../../text/counts';
import type { Roughness } from '../sections/roughness';

/** Says how rough the loss is along random directions. */
export function roughnessText({ totalVariation, secondDifference, directions }: Roughness): string {
  const variation = formatWithError(totalVariation.value, totalVariation.standardError ?? NaN);
  const bend = formatMeasured(secondDifference.value, secondDifference.standardError ?? NaN);
  return `total variation ${variation} and mean second difference ${bend} of the range, along ${formatCount(directions)} random directions`;
}
