import { number, optional } from '../schema';

/** How far off the interpolated points of a line or plane may be. */
export const interpolation = {
  interpolationError: optional(number, 'The largest of the errors.'),
  tolerance: optional(
    number,
    'What the errors were to stay below, as a fraction of the range of losses (on a linear and on a log scale).',
  ),
};
