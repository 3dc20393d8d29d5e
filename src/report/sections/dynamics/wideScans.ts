import { about, list, number, object } from '../../schema';
import type { Infer } from '../../schema';
import { direction } from '../lines';

export const wideScan = object({
  direction,
  length: about(
    'Length in parameter space of α = 1: there the tensor that changes most has changed by its own operator norm, and θ by at most ‖θ‖.',
    number,
  ),
  alpha: about('Ascending; 0 is the model itself.', list(number)),
  loss: list(number),
});
/** Losses on the line through θ along one direction, far beyond the reach of a training step. */
export type WideScan = Infer<typeof wideScan>;
