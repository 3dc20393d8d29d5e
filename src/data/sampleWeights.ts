import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import { counted } from '../text/counts';
import { formatExact } from '../text/numbers';
import type { ArrayEntry, ArraySource } from './dataset';
import { formatEntry } from './dataset';
import type { DataRequest } from './match';

const LIKELY = /^(?:(?:sample|example|instance|case|importance)s?[_-]?)?weights?$/i;

export interface WeightedSource {
  /** The data without the weights, which are neither input nor target. */
  source: ArraySource;
  weights: ArrayEntry | null;
  notes: string[];
}

/**
 * Takes the array of sample weights that the user asked for out of the data. Without such a request, drops an array
 * that is named like weights and adds a note, unless the model has an input of that name.
 * @throws UserError if the requested array does not exist
 */
export function takeWeights(source: ArraySource, request: DataRequest, path: string): WeightedSource {
  const without = (entry: ArrayEntry) => ({ ...source, entries: source.entries.filter((each) => each !== entry) });
  const { weights: key } = request;
  if (key !== undefined) {
    const weights = source.entries.find((entry) => entry.key === key);
    if (weights) return { source: without(weights), weights, notes: [] };
    throw new UserError({
      what: `The data contain no weights «${key}».`,
      where: [path],
      action: `They contain ${source.entries.map(formatEntry).join('; ')}.`,
    });
  }
  const wanted = new Set([request.target, ...Object.values(request.keys ?? {}), ...request.inputs.map((i) => i.name)]);
  const likely = source.entries.find(
    (entry) => LIKELY.test(entry.key) && isList(entry.shape) && !wanted.has(entry.key),
  );
  if (!likely) return { source, weights: null, notes: [] };
  const note = `«${likely.key}» is not used, and every sample counts the same. To use it as weights, add --sample-weights ${likely.key}.`;
  return { source: without(likely), weights: null, notes: [note] };
}

/** Whether an array has one number for each sample. */
const isList = (shape: readonly number[]) => shape.length > 0 && sizeOf(shape) === shape[0];

/**
 * Reads the first `samples` weights.
 * @throws UserError naming the first invalid weight, or if all weights are zero
 */
export function readWeights(entry: ArrayEntry, samples: number, path: string): Float64Array {
  const refused = (what: string) =>
    new UserError({ what, where: [path], action: 'Give one number for each sample, zero or more, not all zero.' });
  if (!isList(entry.shape)) throw refused(`${formatEntry(entry)} cannot be weights of samples.`);
  if (entry.shape[0] < samples)
    throw refused(`«${entry.key}» has ${counted(entry.shape[0], 'weight')} for ${counted(samples, 'sample')}.`);
  const { data } = entry.load();
  const weights = Float64Array.from({ length: samples }, (_, i) => Number(data[i]));
  const bad = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) throw refused(`The weight of sample ${bad} in «${entry.key}» is ${formatExact(weights[bad])}.`);
  if (weights.every((weight) => weight === 0)) throw refused(`Every weight in «${entry.key}» is zero.`);
  return weights;
}

/** Copies the rows of the samples with positive weight. */
export function keptRows({ dtype, shape, data }: Tensor, weights: Float64Array): Tensor {
  const size = data.length / shape[0];
  const kept = [...weights.keys()].filter((sample) => weights[sample] > 0);
  // Both arrays have the same element type, which the type checker cannot see.
  const rows = data.slice(0, kept.length * size) as Float32Array;
  for (const [to, from] of kept.entries()) {
    rows.set((data as Float32Array).subarray(from * size, (from + 1) * size), to * size);
  }
  return { dtype, shape: [kept.length, ...shape.slice(1)], data: rows };
}
