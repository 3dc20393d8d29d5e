import { about, list, number, object, text } from '../schema';
import type { Infer } from '../schema';

const entry = object({
  name: text,
  seconds: number,
  calls: about('How often one of its operators ran.', number),
});
export type ProfileEntry = Infer<typeof entry>;

export const profile = object({
  seconds: about('All runs of all graphs.', number),
  runs: number,
  operators: about('Kinds of operators as the runtime executed them.', list(entry)),
  nodes: about(
    'Nodes of the model, each with all that was derived from it; in brackets what came from none.',
    list(entry),
  ),
});
/** From the runtime's own profiler; the longest first, and only those. */
export type ProfileMeasurement = Infer<typeof profile>;
