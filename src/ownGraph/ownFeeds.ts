import { batches } from '../data/batches';
import type { Dataset } from '../data/dataset';
import type { SourceGraph } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { arrayType, sizeOf } from '../graph/tensor';
import { fromFront } from '../model/sampleAxis';

/** Some samples in the form in which the file's own graph takes them. */
export interface OwnBatch {
  feeds: Record<string, Tensor>;
  /** Index of the first sample. */
  start: number;
  /** Number of real samples; the others repeat the first one of the data. */
  count: number;
}

/** The data and how the file wants them. */
export interface OwnData {
  data: Pick<Dataset, 'inputs' | 'shared' | 'samples'>;
  /** The inputs as Ridgeline reads them, with their sample axes. */
  source: Pick<SourceGraph, 'inputs'>;
  /** The name under which each input of the file is fed. */
  fed: ReadonlyMap<string, string>;
}

/**
 * The batches as the file's own graph takes them: the samples on the axis that the file wants, inputs that all samples
 * share in their own shape, numbers without an axis.
 */
export function* ownBatches({ data, source, fed }: OwnData, batchSize: number): Generator<OwnBatch, void, void> {
  const axes = new Map(
    source.inputs.map(({ name, shape, sampleAxis = 0 }) => [name, { sampleAxis, rank: shape.length }]),
  );
  const shared = named(data.shared ?? {}, fed);
  for (const { inputs, start, count } of batches({ ...data, target: null }, batchSize)) {
    const own = Object.entries(inputs).map(([name, tensor]): [string, Tensor] => {
      const { sampleAxis, rank } = axes.get(name) ?? { sampleAxis: 0, rank: tensor.shape.length };
      return [name, rank === 0 ? { ...tensor, shape: [] } : withSamplesOn(tensor, sampleAxis)];
    });
    yield { feeds: { ...shared, ...named(Object.fromEntries(own), fed) }, start, count };
  }
}

/** One sample of the data as a data set of its own. */
export function oneSample({ inputs, shared, samples }: OwnData['data'], sample: number): OwnData['data'] {
  const cut = ({ dtype, shape, data }: Tensor): Tensor => {
    const size = data.length / samples;
    return { dtype, shape: [1, ...shape.slice(1)], data: data.subarray(sample * size, (sample + 1) * size) };
  };
  const only = Object.entries(inputs).map(([name, tensor]): [string, Tensor] => [name, cut(tensor)]);
  return { inputs: Object.fromEntries(only), shared, samples: 1 };
}

function named(tensors: Readonly<Record<string, Tensor>>, fed: ReadonlyMap<string, string>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [fed.get(name) ?? name, tensor]));
}

/** Moves axis 0 to another place. */
function withSamplesOn(tensor: Tensor, axis: number): Tensor {
  if (axis === 0) return tensor;
  const order = fromFront(tensor.shape.length, axis);
  const shape = order.map((from) => tensor.shape[from]);
  const strides = order.map((from) => sizeOf(tensor.shape.slice(from + 1)));
  const moved = new (arrayType(tensor.dtype))(tensor.data.length) as Float32Array;
  const place = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < moved.length; at++) {
    moved[at] = (tensor.data as Float32Array)[place.reduce((sum, index, k) => sum + index * strides[k], 0)];
    for (let k = shape.length - 1; k >= 0 && ++place[k] === shape[k]; k--) place[k] = 0;
  }
  return { dtype: tensor.dtype, shape, data: moved };
}
