import type { Dataset } from '../../../data/dataset';
import type { Engine } from '../../../engine/engine';
import { UserError } from '../../../errors';
import type { Value } from '../../../graph/graph';
import { sizeOf } from '../../../graph/tensor';
import type { ResolvedOptions } from '../../../options/presets';
import type { FittedModel } from '../fitBatch';
import type { LoweredModel } from '../../../model/lowered';
import { activationBytes } from '../../../model/lowered';
import { planFor } from '../../resources/memoryPlan';
import { innerLoss } from './innerLoss';

export interface InnerLossPlace {
  fitted: FittedModel;
  outputName: string;
  /** The model for another batch size. */
  build: (batch: number) => Promise<LoweredModel>;
  data: Dataset;
  /** How often each sample counts; null: once. */
  weights: Float64Array | null;
  /** Size of the batch that the file fixes. */
  fixed: number | null;
  options: Pick<ResolvedOptions, 'batch' | 'memoryBytes'>;
  engine: Engine;
  notes: string[];
  path: string;
}

/**
 * A loss that the graph takes of a whole batch, as one of single samples where it is one, with the model for the batch size
 * that it is taken in. Where it is none, all samples go in one batch.
 * @throws UserError where they do not fit one, or another size was asked for: the figure would depend on it
 */
export async function takeApart(place: InnerLossPlace): Promise<FittedModel & { output: Value }> {
  const { fitted, outputName, build, data, weights, fixed, options, engine, notes, path } = place;
  const asIs = ({ lowered, batchSize }: FittedModel) => ({ lowered, batchSize, output: lowered.outputs[outputName] });
  if (data.samples === 1 || (fixed === 1 && fitted.batchSize === 1)) return asIs(fitted);
  const pair = fitted.batchSize === 1 ? { lowered: await build(2), batchSize: 2 } : fitted;
  const { lowered, batchSize } = pair;
  const request = { lowered, build, outputName, batchSize, data: { ...data, weights }, fixed: fixed !== null, engine };
  const found = await innerLoss(request);
  if (found) {
    // With a single batch nobody can tell a sum from a mean, and need not.
    if (found.sums && batchSize < data.samples) {
      notes.push(`The graph sums «${outputName}» over its samples: the loss is the sum over all ${data.samples}.`);
    }
    if (batchSize > fitted.batchSize)
      notes.push(`The graph is run with 2 samples: one alone does not tell how «${outputName}» joins them.`);
    return { lowered, batchSize, output: found.perSample };
  }
  if (batchSize === data.samples && weights === null) return asIs(pair);
  const what = `The loss «${outputName}» is neither a sum nor a mean over samples: its value depends on which samples are in a batch.`;
  if (weights !== null) throw cannotWeigh(outputName, path);
  if (fixed !== null) {
    notes.push(`${what} The file fixes batches of ${batchSize}, and the figures are means over these.`);
    return asIs(pair);
  }
  if (options.batch !== null) {
    throw new UserError({
      what,
      where: [path],
      action: `Leave --batch out, so that all ${data.samples} samples go in one batch, or use fewer with --samples N.`,
    });
  }
  const most = samplesInMemory(pair, options);
  if (data.samples > most) {
    throw new UserError({
      what: `${what} All ${data.samples} samples in one batch take more memory than there is.`,
      where: [path],
      action: `Use --samples ${most} or fewer, or give more with --memory GIB.`,
    });
  }
  notes.push(`${what} All ${data.samples} samples are run in one batch.`);
  return asIs({ lowered: await build(data.samples), batchSize: data.samples });
}

/** What a batch gives as one number says nothing of single samples. */
export function cannotWeigh(outputName: string, path: string): UserError {
  return new UserError({
    what: `Samples cannot be weighed in the loss «${outputName}», which is no sum and no mean of single samples.`,
    where: [path],
    action: 'Leave --sample-weights out, or take the loss of another output with --loss-output NAME.',
  });
}

/** Samples of which a pass keeps its intermediate results in what the plan gives them. */
function samplesInMemory({ lowered, batchSize }: FittedModel, options: Pick<ResolvedOptions, 'memoryBytes'>): number {
  const { inputs, outputs, parameters } = lowered;
  const dim = parameters.reduce((sum, { value }) => sum + sizeOf(value.shape), 0);
  const perSample = activationBytes(Object.values(outputs), inputs) / batchSize;
  return Math.max(1, Math.floor((MOST_EXCESS * planFor(options, dim).activationBytes) / perSample));
}

/** What a run holds at once is a small part of all it computes. */
const MOST_EXCESS = 4;
