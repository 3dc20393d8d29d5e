import type { Dataset } from '../../data/dataset';
import { UserError } from '../../errors';
import { withBatchStatistics } from '../../model/trainingMode';
import type { ResolvedOptions } from '../../options/presets';
import { LoweredBefore } from './freeDimensions';
import type { OpenedObjective } from './openedObjective';
import { openObjective } from './openObjective';
import type { OpenHooks } from './openObjective';
import { movableStatistics } from './otherWeights';
import type { ModelAndData } from './readModelAndData';
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
  request: WideRequest,
): Promise<OpenedObjective> {
  const read = await readAgain(modelPath, options, request);
  const statistics = movableStatistics(read.prepared, read.trained, options.parameters);
  const wide = { ...read, trained: [...read.trained, ...statistics], statistics, before: new LoweredBefore(null) };
  return openObjective(modelPath, options, { ...request, read: wide });
}

/** Samples of one batch at most. With more data, each batch is normalized by its own statistics. */
const MOST_TOGETHER = 1024;

/**
 * Opens the same loss with the statistics of BatchNormalization recomputed on the data at every point, as networks
 * between two others need it: there the running statistics of neither fit. Only `value`, `plane` and `perSample` are
 * asked of it.
 * @throws UserError when the file has changed since
 * @see Jordan, Sedghi, Saukh, Entezari & Neyshabur 2023, REPAIR, arXiv:2211.08403
 */
export async function openRecomputed(
  modelPath: string,
  options: ResolvedOptions,
  request: WideRequest,
): Promise<OpenedObjective> {
  const read = await readAgain(modelPath, options, request);
  const prepared = { ...read.prepared, source: withBatchStatistics(read.prepared.source) };
  const batch = Math.min(request.data.samples, MOST_TOGETHER);
  const recomputed = { ...read, prepared, before: new LoweredBefore(null) };
  return openObjective(modelPath, { ...options, batch }, { ...request, read: recomputed });
}

async function readAgain(
  modelPath: string,
  options: ResolvedOptions,
  { sha256, data, test }: WideRequest,
): Promise<ModelAndData> {
  const read = await readModelAndData(modelPath, { ...options, testData: null }, data);
  if (read.model.sha256 === sha256) return { ...read, test };
  throw new UserError({
    what: 'The model has changed during the analysis.',
    where: [modelPath],
    action: 'Start the analysis again.',
  });
}
