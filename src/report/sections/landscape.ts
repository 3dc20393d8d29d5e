import { about, list, named, number, object, optional } from '../schema';
import type { Infer } from '../schema';
import { direction } from './lines';
import { roughness } from './roughness';

const basinWidth = object({
  direction: about(
    'As of lines; `sharpest` is the direction in which the loss rises most, by the ascent of SAM.',
    direction,
  ),
  plus: about('The smallest α > 0 with L(θ + αd) ≥ 2·L(θ) or not finite; Infinity if there is none up to 64.', number),
  minus: about('The smallest α > 0 with L(θ − αd) ≥ 2·L(θ) or not finite; Infinity if there is none up to 64.', number),
  radius: about('The smaller of both, times the length of d.', number),
  error: about('Error of the radius, from the search and the rounding of the loss; 0 where it is infinite.', number),
  directionNorm: about('Length of d.', number),
});
/** The basin around the weights along one direction. */
export type BasinWidth = Infer<typeof basinWidth>;

const basinRadii = object({
  limit: about('2·L(θ), the loss at the edge.', number),
  searched: about('The farthest α of the search.', number),
  directions: about('Number of random directions, filter-normalized.', number),
  median: about('Median radius along the random directions.', number),
  quartiles: about('Lower and upper quartile.', list(number)),
  unbounded: about('Number of random directions without an edge in the range.', number),
});
/** What the random directions say about the basin together. */
export type BasinRadii = Infer<typeof basinRadii>;

export const landscape = named(
  'landscape',
  object({
    basin: optional(list(basinWidth), 'How far the loss stays below twice its value, direction by direction.'),
    basinRadii: optional(basinRadii, 'Median and quartiles along the random directions.'),
    roughness: optional(roughness, 'How rough the loss is along the same random directions.'),
  }),
);
/** The shape of the loss around the weights. */
export type LandscapeShape = Infer<typeof landscape>;
