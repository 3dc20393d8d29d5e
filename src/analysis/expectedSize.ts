import { availableParallelism } from 'node:os';
import type { ModelInspection } from '../objective/open/inspectModel';
import { expectedGraphSeconds, expectedSeconds } from '../objective/resources/passTime';
import type { AnalysisOptions } from '../options/options';
import type { ModelSize } from './economy';

/**
 * The size of an analysis with its expected times, from the inspection of the model alone.
 * @returns null if nothing can be measured
 */
export function expectedSize(
  { pass, canDifferentiate, memory, parameterCount }: ModelInspection,
  samples: number,
  { threads = availableParallelism() }: Pick<AnalysisOptions, 'threads'>,
): ModelSize | null {
  if (!pass || !memory || parameterCount === 0) return null;
  const batches = Math.ceil(samples / memory.samplesPerBatch);
  const work = { flops: samples * pass.flops, bytes: samples * pass.bytes, runs: batches * pass.operators, threads };
  return {
    dim: parameterCount,
    canDifferentiate,
    batches,
    passSeconds: expectedSeconds(work),
    graphSeconds: expectedGraphSeconds(pass.operators),
  };
}
