import { about, flag, list, number, object, oneOf, optional, text } from '../../schema';
import type { Infer } from '../../schema';
import { wideScan } from './wideScans';

const straight = object({
  share: about('Share of the way from θ to the place, from 0 to 1.', list(number)),
  loss: list(number),
});

const search = object({
  from: about('Where the search started: the lowest place of a scan, or a random place.', text),
  startDistance: about('Distance of the start from θ.', number),
  loss: about('The lowest loss that the descent from there reached.', number),
  gradients: number,
  distance: about('Distance of that place from θ.', number),
  cosine: optional(number, 'Cosine of the angle between the way there and −g.'),
  rise: about(
    'How far the loss rises above L(θ) on the lower of two ways: straight there, or straight to the start and downhill from it.',
    number,
  ),
  straight,
});

export const elsewhere = object({
  unit: about(
    'The chance loss, or |L(θ)| where chance is not known: differences are judged as fractions of it.',
    number,
  ),
  unitIs: oneOf(['chance', 'loss']),
  bounded: about('Whether this loss cannot be negative.', flag),
  resolution: about('Differences of losses below it are rounding.', number),
  descent: about(
    'Where L-BFGS gets from θ itself.',
    object({
      loss: number,
      gradients: number,
      distance: number,
      settled: about('Whether the descent had come to rest: its last third gained next to nothing.', flag),
      lastGain: about('Decrease of the loss over the last third of the descent.', number),
    }),
  ),
  scans: about('Wide scans; empty where the descent left nothing to look for.', list(wideScan)),
  searches: list(search),
  best: optional(number, 'Index of the search that found the lowest loss, where it is lower than the descent from θ.'),
});
/** The lowest losses found away from θ, and whether the way to them climbs. */
export type ElsewhereMeasurement = Infer<typeof elsewhere>;
export type SearchElsewhere = Infer<typeof search>;
