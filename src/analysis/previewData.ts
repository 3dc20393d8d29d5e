import type { ArraySource, InputSpec } from '../data/dataset';
import { formatEntry } from '../data/dataset';
import { matchArrays } from '../data/match';
import type { DataRequest } from '../data/match';
import { openSource } from '../data/open';
import { readDataset } from '../data/readDataset';
import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import { prepareModel } from '../model/prepared';
import { inputSpecs } from '../objective/open/inputSpecs';
import { GENERATED_SAMPLES } from '../objective/open/loadData';
import { readOutline } from '../onnx/outline/readOutline';
import type { AnalysisOptions } from '../options/options';
import { GENERATED_DATA } from '../options/options';
import type { DataPreview, SampleArray } from '../protocol/dataPreview';

/** Samples that are shown. */
const SAMPLES = 8;
/** Values shown of a sample that is no image. */
const VALUES = 32;
/** Smallest side of an image, and the largest that is sent; larger ones lose pixels. */
const LEAST_SIDE = 8;
const MOST_SIDE = 64;

/**
 * Shows the first samples of the data as the model reads them. Data that cannot be read like this are no failure: the
 * preview says what is wrong and lists what the data hold, so that the user can map it.
 * @throws UserError if the model cannot be read
 */
export async function previewData(model: string, options: AnalysisOptions): Promise<DataPreview> {
  const inputs = inputSpecs(prepareModel(await readOutline(model)).source);
  const nothing = { arrays: [], inputs: [], target: null, samples: null, notes: [] };
  const { data, input, target, sampleWeights, scale } = options;
  if (data === undefined) return { ...nothing, fault: { what: 'No data is chosen yet.' } };
  if (data === GENERATED_DATA)
    return { ...nothing, samples: GENERATED_SAMPLES, notes: ['Inputs are random numbers.'], fault: null };
  const request: DataRequest = { inputs, keys: input, target, weights: sampleWeights, scale, samples: SAMPLES };
  let arrays: DataPreview['arrays'] = [];
  try {
    const source = await openSource(data, { ...request, keys: {}, target: undefined, weights: undefined });
    arrays = source.entries.map((entry) => ({ key: entry.key, description: formatEntry(entry) }));
    const keys = keysOf(source, request, data);
    const read = await readDataset(data, request);
    const all = { ...read.inputs, ...read.shared };
    return {
      arrays,
      inputs: inputs.flatMap((spec) => shownInput(spec, all[spec.name], spec.name in (read.shared ?? {}), keys.inputs)),
      target: read.target && { name: keys.target ?? 'target', key: keys.target, ...sampled(read.target) },
      samples: Math.max(...Object.keys(read.inputs).map((name) => keys.counts.get(name) ?? 0)) || null,
      // Only the preview reads so few samples.
      notes: read.notes.filter((note) => !/^The first .* samples are used\.$/.test(note)),
      fault: null,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, action } = error;
    return { ...nothing, arrays, fault: { what, ...(action === undefined ? {} : { action }) } };
  }
}

function keysOf(source: ArraySource, request: DataRequest, path: string) {
  const { inputs, target } = matchArrays(source, { ...request, weights: undefined }, path);
  return {
    inputs: new Map([...inputs].map(([name, { key }]) => [name, key])),
    counts: new Map([...inputs].map(([name, { shape }]) => [name, shape[0] ?? 0])),
    target: target?.key ?? null,
  };
}

function shownInput(
  { name }: InputSpec,
  tensor: Tensor | undefined,
  shared: boolean,
  keys: ReadonlyMap<string, string>,
): SampleArray[] {
  if (!tensor) return [];
  const key = keys.get(name) ?? null;
  if (!shared) return [{ name, key, ...sampled(tensor) }];
  const values = [...valuesOf(tensor, 0, Math.min(VALUES, sizeOf(tensor.shape)))];
  return [{ name, key, dtype: tensor.dtype, shape: [...tensor.shape], samples: [values] }];
}

/** The first samples of a tensor [N, …]. */
export function sampled(tensor: Tensor): Omit<SampleArray, 'name' | 'key'> {
  const [count = 0, ...shape] = tensor.shape;
  const size = sizeOf(shape);
  const layout = imageLayout(shape);
  const each = Array.from({ length: Math.min(count, SAMPLES) }, (_, i) => i * size);
  if (!layout) {
    return { dtype: tensor.dtype, shape, samples: each.map((at) => valuesOf(tensor, at, Math.min(size, VALUES))) };
  }
  const { width, height, channels } = layout;
  const step = Math.ceil(Math.max(width, height) / MOST_SIDE);
  const small = { width: Math.ceil(width / step), height: Math.ceil(height / step), channels };
  const pixels = (at: number): number[] => {
    const values: number[] = [];
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y += step) {
        for (let x = 0; x < width; x += step) values.push(Number(tensor.data[at + layout.index(c, y, x)]));
      }
    }
    return values;
  };
  return { dtype: tensor.dtype, shape, image: small, samples: each.map(pixels) };
}

/** Where the pixels of an image of this shape lie; null for everything else. */
function imageLayout(shape: readonly number[]) {
  const [a = 0, b = 0, c = 0] = shape;
  const isImage = (channels: number, height: number, width: number): boolean =>
    [1, 3, 4].includes(channels) && height >= LEAST_SIDE && width >= LEAST_SIDE;
  if (shape.length !== 3) return null;
  if (isImage(a, b, c)) {
    return { channels: a, height: b, width: c, index: (k: number, y: number, x: number) => (k * b + y) * c + x };
  }
  if (isImage(c, a, b)) {
    return { channels: c, height: a, width: b, index: (k: number, y: number, x: number) => (y * b + x) * c + k };
  }
  return null;
}

function valuesOf(tensor: Tensor, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number(tensor.data[from + i]));
}
