import { planFor, programsBytes } from './memoryPlan';
import { threadCounts } from './threadSearch';

/**
 * Bytes of intermediate results that a lane should have to compute in a forward pass. With less, starting it in another
 * thread takes longer than a second thread saves: a perceptron with 1 MB of them gained nothing.
 */
const LEAST_PASS_BYTES = 2 ** 23;

/** What there is to compute. */
export interface LaneWork {
  /** Number of parameters. */
  dim: number;
  /** Intermediate results of a forward pass over all of the data. */
  passBytes: number;
  /** Of one batch of a given size. */
  batchBytes?: number;
  /** How many batches there are. */
  batches: number;
}

/**
 * How many batches are computed side by side on the CPU, each in a lane with its share of the threads: all threads apart,
 * or half as many lanes, and so on, as far as there are batches and memory for the programs of each. A network whose
 * weights take more than its intermediate results computes in products large enough for all threads.
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
