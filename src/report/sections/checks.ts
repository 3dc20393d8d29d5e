import { about, flag, number, object, optional, text } from '../schema';
import type { Infer } from '../schema';

export const check = object({
  name: text,
  value: about('Measured disagreement, in the unit of `limit`.', number),
  limit: number,
  passed: about('Whether no fault was found.', flag),
  judged: optional(
    flag,
    'False where the check could have found no fault: its own error is as large as the figure, or its own means gave no number. `detail` then says why. Left out where the check could tell.',
  ),
  detail: text,
});
/** One way to a figure held against another. */
export type Check = Infer<typeof check>;
