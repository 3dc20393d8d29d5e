import { about, flag, list, number, object, optional, text } from '../schema';
import type { Infer } from '../schema';
import { interpolation } from './interpolation';
import { quadraticModel } from './quadratic';
import { lineRoughness } from './roughness';

/** 'gradient' | 'parameters' | 'random' | 'random/layer/biases' | 'top/1' | 'bottom/1' | 'to/PATH' */
export type DirectionName = string;

export const direction = about(
  'gradient, parameters, random, random/layer, random/weight, random/none (each perhaps with /biases or /no-biases), top/K, bottom/K or to/PATH.',
  text,
);

export const line = object({
  direction,
  alpha: list(number),
  loss: list(number),
  accuracy: optional(list(number)),
  rSquared: optional(list(number), 'Coefficient of determination R², where the targets are numbers.'),
  directionNorm: optional(number, 'Norm of the direction as used (1 for gradient and eigenvectors).'),
  evaluated: optional(
    list(flag),
    'Which points were measured; the others are interpolated. Left out where every point was measured.',
  ),
  error: optional(list(number), 'Estimated absolute error of each loss by interpolation, 0 where it was measured.'),
  test: optional(
    object({
      loss: list(number),
      accuracy: optional(list(number)),
      rSquared: optional(list(number)),
      evaluated: optional(list(flag), 'As above, for the test data.'),
      error: optional(list(number)),
    }),
    'The same points on the test data.',
  ),
  roughness: optional(lineRoughness, 'How rough the line is; left out where it is flat or not finite.'),
  quadratic: optional(quadraticModel, 'The local quadratic model along the line.'),
  ...interpolation,
});
export type Line = Infer<typeof line>;
