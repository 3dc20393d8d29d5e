import { Engine } from '../../engine/engine';
import type { StoredGraphs } from '../../engine/storedGraphs';
import type { OnnxObjective } from '../run/onnxObjective';
import type { ThreadChoice } from './threadSearch';
import { searchThreads, threadCounts } from './threadSearch';

/** How to choose the number of threads when the user has not set it. */
export interface ThreadWish {
  /** The result of an earlier search. */
  known: ThreadChoice | null;
  /** Number of loss evaluations that the analysis is expected to cost, which decides whether a search pays off. */
  cost(dim: number, canDifferentiate: boolean): number;
  /** Stores the result of a search before anything is measured with it. @throws Error where it cannot be stored */
  remember(choice: ThreadChoice): Promise<void>;
}

/** An analysis that takes less than this many milliseconds does not search. */
const WORTH_SEARCHING = 30_000;
/** An analysis of fewer losses than this does not even time a run, because it may need no gradient. */
const WORTH_TRYING = 200;

/** A gradient takes about as long as three losses. */
const GRADIENT_COST = 3;

/** An opened objective that runs on all threads and can be moved to other engines. */
interface Openable {
  objective: OnnxObjective;
  canDifferentiate: boolean;
  batchSize: number;
  /** The same objective on another engine. */
  on(engine: Engine): OnnxObjective;
}

/**
 * Finds the number of threads with which an analysis on the CPU is fastest.
 * @param threads number of all threads, which `opened` runs on
 * @returns null where all threads are used without a search
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
    // The analysis goes on with the objective compiled for all threads if that number is best.
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
    // The choice could not be stored, so the next run would not know it and could not continue this one.
    return null;
  }
}
