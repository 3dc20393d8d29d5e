import { about, list, object, text } from '../schema';
import type { Infer } from '../schema';
import { evidence } from './diagnostics';

export const pendingQuestion = object({
  id: text,
  title: text,
  waitsFor: about('The measurements that are still to come, as progress names them.', list(text)),
  evidence: about('The figures that are known so far.', evidence),
});
/** A question that has no verdict yet. */
export type PendingQuestion = Infer<typeof pendingQuestion>;
