import { about, list, number, object, optional } from '../../schema';
import type { Infer } from '../../schema';
import { estimate } from '../estimate';

export const nonConvexity = object({
  chords: about(
    'Chords between random points, by their distance from θ. The loss of a convex function is never higher in the middle of a chord than the mean of its ends.',
    list(
      object({
        distance: about(
          'Distance of the farther end from θ at most, as α of the wide scans; the chords of a smaller distance are counted there.',
          number,
        ),
        chords: number,
        violations: about('Chords whose middle is higher than the mean of its ends, beyond rounding.', number),
        largest: about(
          'The largest height of a middle above the mean of its ends; negative where there is none.',
          number,
        ),
        error: about('Rounding error of that height.', number),
      }),
    ),
  ),
  negativeMass: optional(
    estimate,
    'Σ|λ| over the negative eigenvalues over Σ|λ| over all: the share of the curvature that is negative.',
  ),
});
/** Evidence against convexity: chords that the loss lies above, and negative curvature at θ. */
export type NonConvexityMeasurement = Infer<typeof nonConvexity>;
