import type { Dataset } from '../../data/dataset';
import type { ChosenProvider } from '../../engine/probe';
import type { ResolvedOptions } from '../../options/presets';
import type { OnnxObjective } from '../run/onnxObjective';
import { openOnProvider } from './openOnProvider';
import { readModelAndData } from './readModelAndData';

/**
 * Opens the same loss with batches of one sample. The model is read again, so that its weights need not be kept in
 * memory until then. The caller disposes of the result.
 * @param data undefined to read them again, too
 * @returns null where the file fixes another size of its batches
 */
export async function openSingly(
  modelPath: string,
  data: Dataset | undefined,
  { chosen, options, threads }: { chosen: ChosenProvider; options: ResolvedOptions; threads: number },
): Promise<OnnxObjective | null> {
  const single = { ...options, testData: null, batch: 1, profile: false };
  const { seconds: load, ...parts } = await readModelAndData(modelPath, single, data);
  const opened = await openOnProvider(chosen, { ...parts, options: single, threads, load, graphs: null });
  if (opened.batchSize === 1) return opened.objective;
  await opened.objective.dispose();
  return null;
}
