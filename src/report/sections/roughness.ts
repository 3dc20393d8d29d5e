import { about, list, number, object } from '../schema';
import type { Infer } from '../schema';
import { estimate } from './estimate';
import { withError } from './withError';

const spacing = about('Mean distance of neighbouring points, in α.', number);

export const lineRoughness = object({
  totalVariation: about('Σ |Lᵢ₊₁ − Lᵢ| over the range of the losses; the error is a bound.', withError),
  secondDifference: about('Mean |Lᵢ₊₁ − 2Lᵢ + Lᵢ₋₁| over the range of the losses; the error is a bound.', withError),
  spacing,
});
/** How rough a line is. */
export type LineRoughness = Infer<typeof lineRoughness>;

export const roughness = object({
  totalVariation: about('Mean over random directions, with its standard error.', estimate),
  secondDifference: about('Mean over random directions, with its standard error.', estimate),
  spacing,
  directions: about('Number of random directions, filter-normalized.', number),
  range: about('First and last α.', list(number)),
});
/** How rough the loss is along random directions. */
export type Roughness = Infer<typeof roughness>;
