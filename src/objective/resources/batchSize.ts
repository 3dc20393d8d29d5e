import { nodesOf } from '../../graph/graph';
import type { Value } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import type { LoweredModel } from '../../model/lowered';
import { activationBytes } from '../../model/lowered';
import { takesWholeBatches, wholeBatchSize } from '../open/wholeBatches';
import { laneCount } from './laneCount';
import { planFor } from './memoryPlan';

/**
 * An operator that writes fewer bytes is dominated by its call. Measured on an LSTM, whose products took half the time.
 */
const BYTES_PER_OPERATOR = 2 ** 18;
const MOST_EXCESS = 4;
/** A batch this large amortizes the cost of a run. */
const MOST_SAMPLES = 2048;

interface MemoryOption {
  memoryBytes: number | null;
}

/** A model lowered for a trial batch, and the facts that decide how large its real batches are. */
export interface TrialBatch {
  lowered: LoweredModel;
  /** Samples of the trial graph. */
  trialled: number;
  /** Samples of the data. */
  samples: number;
  /** The output that the loss reads. */
  read: Value;
  /** Whether samples of a batch affect each other. */
  mixing: boolean;
  /** CPU threads that the lanes may share. */
  threads: number;
}

/** Chooses batches of nearly equal size, in a number that the lanes can share evenly. */
export function batchSizeFor(
  { lowered, trialled, samples, read, mixing, threads }: TrialBatch,
  options: MemoryOption,
): number {
  const perSample = passBytes(lowered) / trialled;
  const work = { dim: dimOf(lowered), passBytes: perSample * samples, batches: samples };
  const lanes = laneCount(threads, work, options);
  const most = Math.min(mostSamples(lowered, trialled, options, lanes), Math.ceil(samples / lanes));
  if (takesWholeBatches(read, mixing)) return wholeBatchSize(samples, most);
  return Math.ceil(samples / (lanes * Math.ceil(samples / most / lanes)));
}

/**
 * The largest number of samples that keeps intermediate results within bounds. A graph of many small operators, such as
 * an unrolled recurrent layer, spends its time between the operators. For such a graph the batch grows until the
 * operators have enough to do, which exceeds the bound a few times at most. A run holds only a small part of the sum of
 * its intermediate results at once.
 * @param samples batch size that the graph was lowered for
 */
export function mostSamples(lowered: LoweredModel, samples: number, options: MemoryOption, lanes: number): number {
  const { activationBytes: planned } = planFor(options, dimOf(lowered), { lanes });
  const operators = nodesOf(Object.values(lowered.outputs)).length;
  const busy = Math.min(operators * BYTES_PER_OPERATOR, MOST_EXCESS * planned);
  const perSample = passBytes(lowered) / samples;
  return Math.min(Math.max(1, Math.floor(Math.max(planned, busy) / perSample)), MOST_SAMPLES);
}

/**
 * Number of samples whose pass keeps its intermediate results within a few times the share that the plan gives them.
 */
export function samplesInMemory(lowered: LoweredModel, samples: number, options: MemoryOption): number {
  const perSample = passBytes(lowered) / samples;
  const { activationBytes: planned } = planFor(options, dimOf(lowered));
  return Math.max(1, Math.floor((MOST_EXCESS * planned) / perSample));
}

const dimOf = ({ parameters }: LoweredModel) => parameters.reduce((sum, { value }) => sum + sizeOf(value.shape), 0);

/** Bytes of the intermediate results of one batch's forward pass. */
const passBytes = ({ inputs, outputs }: LoweredModel) => activationBytes(Object.values(outputs), inputs);
