import { about, list, number, object, text } from '../schema';
import type { Infer } from '../schema';

export const cluster = object({
  run: about('Identifies the run among those of "ridgeline jobs".', text),
  parts: about('Number of parts that were planned.', number),
  measured: about('Number of parts that the cluster measured; the report is partial where it is less.', number),
  submissions: about('How often parts were handed to the cluster.', number),
  nodes: about(
    'Where the parts were measured.',
    list(
      object({
        node: text,
        machine: about('Platform and processor.', text),
        provider: text,
        parts: number,
        seconds: about('That its parts took in sum.', number),
      }),
    ),
  ),
});
/** How a cluster measured a report. */
export type ClusterSummary = Infer<typeof cluster>;
