import type { Dataset } from '../../../data/dataset';
import type { Engine } from '../../../engine/engine';
import { UserError } from '../../../errors';
import type { Value } from '../../../graph/graph';
import type { ResolvedOptions } from '../../../options/presets';
import type { FittedModel } from '../fitBatch';
import type { LoweredModel } from '../../../model/lowered';
import { samplesInMemory } from '../../resources/batchSize';
import type { Noted } from '../noted';
import { innerLoss } from './innerLoss';

export interface InnerLossPlace {
  fitted: FittedModel;
  outputName: string;
  /** Lowers the model for another batch size. */
  build: (batch: number) => Promise<LoweredModel>;
  data: Dataset;
  /** How often each sample counts; null if once. */
  weights: Float64Array | null;
  /** Batch size that the file fixes. */
  fixed: number | null;
  options: Pick<ResolvedOptions, 'batch' | 'memoryBytes'>;
  engine: Engine;
  path: string;
}

/** The model with the loss per sample as its output, or with one loss for the whole batch where it cannot be split. */
export type TakenApart = FittedModel & { output: Value };

/**
 * Splits a loss that the graph computes for a whole batch into the losses of single samples, where possible. Returns it
 * with the model for the batch size that it is computed in. Where it cannot be split, all samples go in one batch.
 * @throws UserError where they do not fit in one batch or the user set another size, since the loss would depend on it
 */
export async function takeApart(place: InnerLossPlace): Promise<Noted<TakenApart>> {
  const { fitted, outputName, build, data, weights, fixed, options, engine, path } = place;
  const asIs = ({ lowered, batchSize }: FittedModel, ...notes: string[]): Noted<TakenApart> => ({
    value: { lowered, batchSize, output: lowered.outputs[outputName] },
    notes,
  });
  if (data.samples === 1 || (fixed === 1 && fitted.batchSize === 1)) return asIs(fitted);
  const pair = fitted.batchSize === 1 ? { lowered: await build(2), batchSize: 2 } : fitted;
  const { lowered, batchSize } = pair;
  const request = { lowered, build, outputName, batchSize, data: { ...data, weights }, fixed: fixed !== null, engine };
  const found = await innerLoss(request);
  if (found) {
    const [notes, remarks]: string[][] = [[], []];
    // With a single batch, sum and mean cannot be distinguished, and do not need to be.
    if (found.sums && batchSize < data.samples) {
      notes.push(`The graph sums «${outputName}» over its samples: the loss is the sum over all ${data.samples}.`);
    }
    if (batchSize > fitted.batchSize)
      remarks.push(`The graph runs with 2 samples, because one alone does not show how «${outputName}» joins them.`);
    return { value: { lowered, batchSize, output: found.perSample }, notes, remarks };
  }
  if (batchSize === data.samples && weights === null) return asIs(pair);
  const what = `The loss «${outputName}» is neither a sum nor a mean over samples: its value depends on which samples are in a batch.`;
  if (weights !== null) throw cannotWeigh(outputName, path);
  if (fixed !== null) {
    return asIs(pair, `${what} The file fixes batches of ${batchSize}, so the figures are means over batches.`);
  }
  if (options.batch !== null) {
    throw new UserError({
      what,
      where: [path],
      action: `Leave --batch out, so that all ${data.samples} samples go in one batch, or use fewer with --samples N.`,
    });
  }
  const most = samplesInMemory(lowered, batchSize, options);
  if (data.samples > most) {
    throw new UserError({
      what: `${what} All ${data.samples} samples in one batch need more memory than is available.`,
      where: [path],
      action: `Use --samples ${most} or fewer, or allow more memory with --memory GIB.`,
    });
  }
  const whole = { lowered: await build(data.samples), batchSize: data.samples };
  return asIs(whole, `${what} All ${data.samples} samples run in one batch.`);
}

/** The error for weighted samples with a loss that cannot be split into losses of single samples. */
export function cannotWeigh(outputName: string, path: string): UserError {
  return new UserError({
    what: `Samples cannot be weighted in the loss «${outputName}», because it is neither a sum nor a mean over samples.`,
    where: [path],
    action: 'Leave --sample-weights out, or name another output with --loss-output NAME.',
  });
}
