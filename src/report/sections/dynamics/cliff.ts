import { about, list, number, object, optional } from '../../schema';
import type { Infer } from '../../schema';
import { estimateFields } from '../estimate';
import { wideScan } from './wideScans';

export const cliff = object({
  scans: list(wideScan),
  lossScale: about('The larger of |L(θ)| and the chance loss: slopes are compared with one such change per α.', number),
  wall: optional(
    object({
      scan: about('Index of the scan on which the slope grows most.', number),
      growth: about(
        'Steepest slope up to distance 2·D, over the steepest up to D or one loss scale per α, for the D where this is largest.',
        number,
      ),
      narrowness: about(
        'Steepest slope over the 90th percentile of the slopes of the scan or one loss scale per α.',
        number,
      ),
      fromCentre: about('Steepest slope over the slope at θ or one loss scale per α.', number),
      slope: about('The steepest slope, per unit of length in parameter space.', number),
      centreSlope: about('The slope along the scan at θ, per unit of length.', number),
      rise: about('Range of the loss over the face of the wall, in units of the loss scale.', number),
      alpha: about('Signed place of the steepest slope, between two measured points.', list(number)),
      foot: optional(
        about(
          'Length of the way to the first slope 100 times that at θ; as long as the steps stay shorter, they stay before the wall.',
          object(estimateFields),
        ),
      ),
    }),
    'The place where the slope grows most abruptly within half the length of the scans.',
  ),
  clipping: optional(
    object({
      norm: about('‖∇L(θ)‖: clipped to it, gradients on the face move the weights no further than those here.', number),
      rate: about('Learning rate up to which a step of that norm stays before the wall.', number),
    }),
    'Gradient clipping that keeps a step before the wall.',
  ),
  gradientNorms: optional(
    object({ centre: number, before: number, face: number }),
    '‖∇L‖ at θ, where the wall begins, and where it is steepest.',
  ),
});
/** Slopes along wide scans, and the place where they grow most abruptly. */
export type CliffMeasurement = Infer<typeof cliff>;
