import type { Tensor } from '../graph/tensor';
import { arrayType } from '../graph/tensor';
import type { Dataset } from './dataset';

/** A batch of as many samples as the graph was built for. */
export interface Batch {
  /** Tensors [batchSize, …] by graph input name. */
  inputs: Record<string, Tensor>;
  target: Tensor | null;
  /** Index of the first sample. */
  start: number;
  /** Number of real samples. The ones after them repeat sample 0 and carry no weight. */
  count: number;
}

/**
 * Splits the data set into batches of one size. Full batches are views of the data. The last batch is a copy that is
 * padded with sample 0, because the graph's shapes are static; `count` is the number of real samples.
 */
export function* batches(
  dataset: Pick<Dataset, 'inputs' | 'target' | 'samples'>,
  batchSize: number,
): Generator<Batch, void, void> {
  const { samples } = dataset;
  for (let start = 0; start < samples; start += batchSize) {
    const count = Math.min(batchSize, samples - start);
    const cut = (tensor: Tensor): Tensor => rows(tensor, samples, start, count, batchSize);
    yield {
      inputs: Object.fromEntries(Object.entries(dataset.inputs).map(([name, tensor]) => [name, cut(tensor)])),
      target: dataset.target && cut(dataset.target),
      start,
      count,
    };
  }
}

function rows(tensor: Tensor, samples: number, start: number, count: number, batchSize: number): Tensor {
  const { dtype, data } = tensor;
  const size = data.length / samples;
  const shape = [batchSize, ...tensor.shape.slice(1)];
  const view = data.subarray(start * size, (start + count) * size);
  if (count === batchSize) return { dtype, shape, data: view };
  const filled = new (arrayType(dtype))(batchSize * size);
  // The two arrays have the same element type, which the type checker cannot see.
  const copy = filled as Float32Array;
  copy.set(view as Float32Array);
  const first = data.subarray(0, size) as Float32Array;
  for (let i = count; i < batchSize; i++) copy.set(first, i * size);
  return { dtype, shape, data: filled };
}
