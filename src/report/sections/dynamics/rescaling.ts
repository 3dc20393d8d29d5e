import { about, list, number, object, optional, text } from '../../schema';
import type { Infer } from '../../schema';

const pair = object({
  first: about('Weights that may be multiplied by a factor for each unit …', list(text)),
  second: about('… if these are divided by it.', list(text)),
  units: number,
  ratio: about(
    'Norm of the first weights of a unit over that of the second ones.',
    object({ geometricMean: number, least: number, greatest: number }),
  ),
  expected: about('The ratio that unequal widths alone bring about.', number),
  zero: about('Units of which one side is zero; they are left out.', number),
  balancedNorm: about('Norm of either side if both were of one norm in each unit.', number),
});

export const rescaling = object({
  pairs: list(pair),
  balanced: optional(
    object({
      parameters: about('‖θ‖ if all units were balanced: the shortest weights of the same function.', number),
      gradient: optional(number, '‖g‖ there.'),
    }),
  ),
});
/** Weights of neighbouring layers that can take a factor from one another. */
export type RescalingMeasurement = Infer<typeof rescaling>;
