import { about, number, object, text } from '../../schema';
import type { Infer } from '../../schema';

export const escape = object({
  direction: about(
    'bottom/1 and −bottom/1, along an eigenvector, or random/K, a descent from a random point near θ.',
    text,
  ),
  step: about('Distance from θ.', number),
  loss: about('The lowest loss found in this direction.', number),
  rise: about('How far the loss rises above L(θ) on the straight way there.', number),
  error: about('Resolution of the loss in float32.', number),
});
/** An attempt to leave θ: the lowest loss that it found, and whether the way there leads over a rise. */
export type Escape = Infer<typeof escape>;
