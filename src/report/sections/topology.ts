import { about, flag, list, named, number, object, optional } from '../schema';
import type { Infer } from '../schema';

const vertex = { x: number, y: number, loss: number };

const planeMinimum = object({
  ...vertex,
  persistence: about(
    'Height of the lowest barrier to a lower minimum; Infinity for the lowest minimum of its component.',
    number,
  ),
  error: optional(number, 'Bound of the error of the persistence where points are interpolated; left out where 0.'),
  barrier: optional(object(vertex), 'The point where its basin meets the basin of a lower minimum.'),
  onEdge: optional(flag, 'True on the edge of the plane: the loss may go on falling outside.'),
});
/** A measured minimum of a plane. */
export type PlaneMinimum = Infer<typeof planeMinimum>;

export const topology = named(
  'topology',
  object({
    components: about(
      'Connected components of the points with a finite loss, each with its 8 neighbours; no path leads through NaN and ∞.',
      number,
    ),
    minima: about(
      'Minima of the sublevel sets by the elder rule, longest persistence first. All are measured points. At most 200.',
      list(planeMinimum),
    ),
    threshold: about('A hundredth of the range of the finite losses, or their rounding where that is larger.', number),
    lasting: about('Number of minima whose persistence exceeds the threshold beyond its error.', number),
    unmeasured: optional(number, 'Number of minima left out because their points are interpolated.'),
  }),
);
/** The minima of a plane and the barriers between them. */
export type Topology = Infer<typeof topology>;
