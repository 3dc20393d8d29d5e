import type { OpenedObjective } from '../../objective/open/openedObjective';
import type { AnalysisNote } from '../../protocol/worker';
import type { Cache } from './cache';
import { Kept, unkept } from './kept';
import type { KeptRun } from './kept';

/** Where the answers of a run are kept, and under which key. */
export interface Keeping {
  cache: Cache;
  key: string;
  /** Whether to forget what an earlier run has kept. */
  fresh: boolean;
  tell: (note: AnalysisNote) => void;
}

/**
 * Starts keeping the answers of a run. A run continues only on the device, and with the batches, that it was begun with.
 * Returns null and emits a note if the answers cannot be kept.
 */
export async function beginKept(
  { objective, provider, batchSize, lanes }: OpenedObjective,
  keeping: Keeping,
  run: Omit<KeptRun, 'same'>,
): Promise<Kept | null> {
  const same = [provider.used, provider.device, batchSize, lanes, objective.dim];
  try {
    return await Kept.begin(objective, keeping, { same, ...run });
  } catch (error) {
    keeping.tell({ kind: 'unkept', text: unkept(keeping.cache.folder, error) });
    return null;
  }
}
