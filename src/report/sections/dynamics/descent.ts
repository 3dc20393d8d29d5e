import { about, list, number, object } from '../../schema';
import type { Infer } from '../../schema';

const reached = { step: about('Length of the step along −g; 0 if every step raised the loss.', number), loss: number };

export const descent = object({
  ...reached,
  error: about('Resolution of the loss in float32: differences below it are rounding.', number),
  lowest: about('The lowest loss along −g, even behind a rise of the loss.', object(reached)),
  scanned: about(
    'Every loss that was measured, by the length of the step.',
    object({ step: list(number), loss: list(number) }),
  ),
});
/** A line search along −g: the lowest loss before the loss first rises above L(θ). */
export type DescentMeasurement = Infer<typeof descent>;
