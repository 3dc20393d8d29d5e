import { about, number, object } from '../schema';
import type { Infer } from '../schema';

export const quadraticModel = object({
  slope: about('gᵀd', number),
  curvature: about('dᵀHd', number),
  radius: about(
    'The smallest |α| where the loss is off L(0) + slope·α + curvature·α²/2 by more than 10 % of the range of the losses up to there; Infinity if the line has none.',
    number,
  ),
  error: about('Error of the radius by the search; 0 where it is infinite.', number),
});
/** The local quadratic model along a line, and how far it holds. */
export type QuadraticModel = Infer<typeof quadraticModel>;
