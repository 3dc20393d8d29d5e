import { planFor, programsBytes } from './memoryPlan';
import { threadCounts } from './threadSearch';

/**
 * Bytes of intermediate results that a lane should have to compute in a forward pass. With less than this, starting the
 * lane in another thread takes longer than the thread saves: a perceptron with 1 MB gained nothing.
 */
const LEAST_PASS_BYTES = 2 ** 23;

/** The work that lanes would share. */
export interface LaneWork {
  /** Number of parameters. */
  dim: number;
  /** Bytes of the intermediate results of a forward pass over all of the data. */
  passBytes: number;
  /** Bytes of the intermediate results of one batch. */
  batchBytes?: number;
  /** Number of batches. */
  batches: number;
}

/**
 * Chooses how many batches are computed at once on the CPU, each in a lane with its share of the threads. It tries one
 * lane per thread, then half as many, and so on, until there are enough batches and enough memory for the programs of
 * each lane. A network whose weights take more memory than its intermediate results computes products large enough for
 * all threads.
 */
export function laneCount(
  threads: number,
  { dim, passBytes, batchBytes = 0, batches }: LaneWork,
  options: { memoryBytes: number | null },
): number {
  const most = Math.min(batches, passBytes / LEAST_PASS_BYTES);
  const fits = (lanes: number) => {
    const { programBytes, block, leastBytes, memoryBytes } = planFor(options, dim, { batchBytes, lanes });
    return programBytes >= lanes * programsBytes(dim, block) && leastBytes <= memoryBytes;
  };
  return threadCounts(threads).find((lanes) => lanes === 1 || (lanes <= most && fits(lanes)))!;
}
