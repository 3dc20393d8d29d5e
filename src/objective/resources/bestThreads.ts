import { Engine } from '../../engine/engine';
import type { StoredGraphs } from '../../engine/storedGraphs';
import type { OnnxObjective } from '../run/onnxObjective';
import type { ThreadChoice } from './threadSearch';
import { searchThreads, threadCounts } from './threadSearch';

/** How many threads a model takes where nobody said. */
export interface ThreadWish {
  /** What was found before. */
  known: ThreadChoice | null;
  /** Evaluations of the loss that the analysis is expected to cost: whether a search is worth its second. */
  cost(dim: number, canDifferentiate: boolean): number;
  /** Told what a search found, before anything is measured with it. @throws Error where it cannot be remembered */
  remember(choice: ThreadChoice): Promise<void>;
}

/** An analysis that takes less than this many milliseconds does not search, */
const WORTH_SEARCHING = 30_000;
/** and one of fewer losses does not even try how long it takes: it may need no gradient. */
const WORTH_TRYING = 200;

/** A gradient takes about as long as three losses. */
const GRADIENT_COST = 3;

/** What is searched for, opened on all threads. */
interface Openable {
  objective: OnnxObjective;
  canDifferentiate: boolean;
  batchSize: number;
  /** The same objective on another engine. */
  on(engine: Engine): OnnxObjective;
}

/**
 * How many threads an analysis on the CPU takes.
 * @param threads all there are, which `opened` runs on
 * @returns null where all are taken without a search
 */
export async function bestThreads(
  opened: Openable,
  { threads: all, graphs }: { threads: number; graphs: StoredGraphs | null },
  wish: ThreadWish,
): Promise<ThreadChoice | null> {
  const { canDifferentiate, objective: whole } = opened;
  const losses = wish.cost(whole.dim, canDifferentiate);
  if (all === 1 || losses < WORTH_TRYING) return null;
  const trial = (threads: number) => {
    // What is compiled for all of them is what the analysis goes on with, if they are best.
    const objective = threads === all ? whole : opened.on(new Engine({ provider: 'cpu', threads, graphs }));
    const first = objective.preview(1) ?? objective;
    return Promise.resolve({
      run: () => (canDifferentiate ? first.gradient() : first.value()),
      release: () => (threads === all ? Promise.resolve() : objective.dispose()),
    });
  };
  const runs = (losses / (canDifferentiate ? GRADIENT_COST : 1)) * Math.ceil(whole.samples / opened.batchSize);
  const choice = await searchThreads(threadCounts(all), trial, (milliseconds) => milliseconds * runs > WORTH_SEARCHING);
  if (!choice) return null;
  try {
    await wish.remember(choice);
    return choice;
  } catch {
    // The next run would not know of it, and could not continue this one.
    return null;
  }
}
