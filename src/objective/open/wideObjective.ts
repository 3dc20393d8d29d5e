import type { Dataset } from '../../data/dataset';
import { UserError } from '../../errors';
import type { ResolvedOptions } from '../../options/presets';
import { LoweredBefore } from './freeDimensions';
import type { OpenedObjective } from './openedObjective';
import { openObjective } from './openObjective';
import type { OpenHooks } from './openObjective';
import { movableStatistics } from './otherWeights';
import { readModelAndData } from './readModelAndData';

/** What the ordinary objective has read and chosen; the wide one is over the same samples, on the same device. */
export interface WideRequest extends Pick<OpenHooks, 'signal' | 'graphs'> {
  /** sha256 of the model's file when the ordinary objective was opened. */
  sha256: string;
  data: Dataset;
  test: Dataset | null;
}

/**
 * Opens the same loss as a function of the parameters and the running statistics of BatchNormalization: θ is followed
 * by the statistics, in tensors marked as such. Paths to other models need it, whose ends must be these models. Only
 * `value`, `plane` and `perSample` are asked of it. The model is read again, so that its weights need not be kept in
 * memory until then. It holds θ, its own sessions of the loss and, on a device, the data once more.
 * @throws UserError when the file has changed since
 */
export async function openWide(
  modelPath: string,
  options: ResolvedOptions,
  { sha256, data, test, ...hooks }: WideRequest,
): Promise<OpenedObjective> {
  const single = { ...options, testData: null };
  const read = await readModelAndData(modelPath, single, data);
  if (read.model.sha256 !== sha256) {
    throw new UserError({
      what: 'The model has changed during the analysis.',
      where: [modelPath],
      action: 'Start the analysis again.',
    });
  }
  const statistics = movableStatistics(read.prepared, read.trained, options.parameters);
  const wide = {
    ...read,
    test,
    trained: [...read.trained, ...statistics],
    statistics,
    before: new LoweredBefore(null),
  };
  return openObjective(modelPath, options, { ...hooks, read: wide });
}
