import { about, list, number, object, optional, text } from '../../schema';
import type { Infer } from '../../schema';

const layer = object({
  layer: about('The first parameter of the units.', text),
  units: number,
  duplicated: about('Units with the same incoming and outgoing weights as another unit.', number),
  groups: about('Number of different units among those.', number),
  gradientDifference: optional(
    number,
    'Largest distance between the gradients of two copies, relative to a norm of the gradient of one unit.',
  ),
  removed: about('Units whose weights are all zero while others are not.', number),
});

const distances = object({
  layer: text,
  units: about('Indices of the units that are compared, copies side by side.', list(number)),
  weights: about(
    'Distance of the incoming and outgoing weights of two units, over the longer of the two, to three digits.',
    list(list(number)),
  ),
  gradient: optional(list(list(number)), 'The same for their gradients.'),
});

export const symmetry = object({
  logPermutations: about('log of the number of ways to exchange units without changing the function.', number),
  layers: list(layer),
  distances: optional(list(distances), 'How far units are apart, for the first layers that have copies.'),
});
/** Units that may be exchanged, and those that are copies of one another. */
export type SymmetryMeasurement = Infer<typeof symmetry>;
