import { about, flag, list, number, object, optional } from '../schema';
import type { Infer } from '../schema';
import { interpolation } from './interpolation';
import { direction } from './lines';
import { planeCurvature } from './planeCurvature';
import { planePoint } from './planePoint';
import { topology } from './topology';

const axis = object({ direction, values: list(number) });

export const plane = object({
  x: axis,
  y: axis,
  loss: about('loss[y][x]', list(list(number))),
  accuracy: optional(list(list(number))),
  rSquared: optional(list(list(number)), 'Coefficient of determination R², where the targets are numbers.'),
  cosine: optional(number, 'Cosine between the two directions as used.'),
  evaluated: optional(
    list(list(flag)),
    'Which points [y][x] were measured; the others are interpolated. Left out where every point was measured.',
  ),
  error: optional(
    list(list(number)),
    'Estimated absolute error [y][x] of each loss by interpolation, 0 where it was measured.',
  ),
  test: optional(
    object({
      loss: list(list(number)),
      accuracy: optional(list(list(number))),
      rSquared: optional(list(list(number))),
      evaluated: optional(list(list(flag)), 'As above, for the test data.'),
      error: optional(list(list(number))),
    }),
    'The same points on the test data.',
  ),
  curvature: optional(planeCurvature, 'The extreme eigenvalues of the Hessian over the plane.'),
  points: optional(list(planePoint), 'Points that someone asked for, in the order in which they were measured.'),
  topology: optional(topology, 'The minima of the plane and the barriers between them.'),
  ...interpolation,
});
export type Plane = Infer<typeof plane>;
