import { deviceCount } from '../../engine/devices';
import type { ChosenProvider } from '../../engine/probe';
import { flops } from '../../graph/cost';
import type { Value } from '../../graph/graph';
import { nodesOf } from '../../graph/graph';
import { activationBytes } from '../../model/lowered';
import type { LoweredModel } from '../../model/lowered';
import type { Part } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { graphSizes } from './graphSizes';
import type { GraphSizes } from './graphSizes';
import { laneCount } from './laneCount';
import type { MemoryNeed } from './memory';
import { memoryNeed, tooLittle } from './memory';
import type { MemoryPlan } from './memoryPlan';
import { planFor } from './memoryPlan';
import type { PointPlan } from './pointPlan';
import { pointPlan } from './pointPlan';
import { expectedGraphSeconds, expectedSeconds } from './passTime';

/** The resources that an analysis runs with, decided from sizes alone, and its expected cost. */
export interface ResourcePlan {
  /** Number of batches of the data. */
  batches: number;
  /** Number of batches that are computed at once. */
  lanes: number;
  /** How points of lines and planes are measured side by side; null where they are not. */
  points: PointPlan | null;
  memory: MemoryPlan;
  need: MemoryNeed;
  sizes: GraphSizes;
  /** Seconds that a forward pass over the data is expected to take. */
  passSeconds: number;
  /** Seconds that making the graph of a Hessian product is expected to take. */
  graphSeconds: number;
  /** A sentence for the report where the model needs more memory than it was given; else null. */
  short: string | null;
}

export interface PlannedWork {
  /** The output that the loss reads. */
  output: Value;
  inputs: LoweredModel['inputs'];
  /** Length of θ. */
  dim: number;
  samples: number;
  batchSize: number;
  canDifferentiate: boolean;
  provider: ChosenProvider['provider'];
  /** Number of threads that lanes may share. */
  laneThreads: number;
  /** Number of all threads of the analysis. */
  threads: number;
}

/** Parts of an analysis that need derivatives, whatever directions the lines and planes are drawn along. */
const DERIVED: readonly Part[] = ['gradient', 'spectrum', 'ggn'];

/** Plans lanes, memory and graph sizes. Continuing an analysis finds the same plan, because no time is measured. */
export function planResources(work: PlannedWork, options: ResolvedOptions): ResourcePlan {
  const { output, dim, provider, threads } = work;
  const batches = Math.ceil(work.samples / work.batchSize);
  const batchBytes = activationBytes([output], work.inputs);
  const passBytes = batchBytes * batches;
  // Devices divide the batches between them as threads do, but each has its own memory.
  const lanes =
    provider === 'cpu'
      ? laneCount(work.laneThreads, { dim, passBytes, batchBytes, batches }, options)
      : Math.min(deviceCount(provider), batches);
  const memory = planFor(options, dim, { batchBytes, lanes });
  const facts = {
    dim,
    activationBytes: batchBytes,
    batches,
    lanes,
    krylovVectors: options.probes * (options.lanczosSteps + 1),
    derivatives: work.canDifferentiate && options.only.some((part) => DERIVED.includes(part)),
  };
  const operators = nodesOf([output]).length;
  const operations = batches * flops([output]);
  const passSeconds = expectedSeconds({ flops: operations, bytes: passBytes, runs: batches * operators, threads });
  return {
    batches,
    lanes,
    points: pointPlan({ provider, lanes, threads: work.laneThreads, flops: operations, passSeconds }),
    memory,
    need: memoryNeed(facts, memory),
    sizes: graphSizes(output, { ...options, dim, batches, block: memory.block, lanes }),
    passSeconds,
    graphSeconds: expectedGraphSeconds(operators),
    short: tooLittle(memory),
  };
}
