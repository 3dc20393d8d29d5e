import type { Dataset } from '../../data/dataset';
import { UserError } from '../../errors';
import type { Value } from '../../graph/graph';
import type { Tensor } from '../../graph/tensor';
import type { Noted } from './noted';

/**
 * Returns the data that a loss can be computed on. If the graph gives one number per batch, a mean that it takes
 * itself, or if samples affect each other, then samples that only fill the last batch would count too. In these cases
 * the samples that do not fill a whole batch are left out.
 * @param mixing whether samples of a batch affect each other (BatchNormalization in training mode)
 * @throws UserError when there is not one whole batch
 */
export function wholeBatches(
  data: Dataset,
  loss: Value,
  { batchSize, mixing }: { batchSize: number; mixing: boolean },
): Noted<Dataset> {
  const left = data.samples % batchSize;
  if (!takesWholeBatches(loss, mixing) || left === 0) return { value: data, notes: [] };
  const samples = data.samples - left;
  const why = loss.shape.length === 0 ? 'averages its loss over' : 'normalizes by the statistics of';
  if (samples === 0) {
    throw new UserError({
      what: `The model ${why} batches of ${batchSize}, but there are ${data.samples} samples.`,
      where: [data.source],
      action: `Give at least ${batchSize} samples, or use --batch ${data.samples} if the model allows it.`,
    });
  }
  const told = `The model ${why} ${loss.shape.length === 0 ? 'each batch' : 'batches'} of ${batchSize}. The last ${left} of ${data.samples} samples do not fill one and are left out.`;
  const cut = ({ dtype, shape, data: values }: Tensor): Tensor => ({
    dtype,
    shape: [samples, ...shape.slice(1)],
    data: values.subarray(0, (values.length / data.samples) * samples),
  });
  const inputs = Object.fromEntries(Object.entries(data.inputs).map(([name, tensor]) => [name, cut(tensor)]));
  const weights = data.weights && { weights: data.weights.subarray(0, samples) };
  const whole = { ...data, samples, inputs, target: data.target && cut(data.target), ...weights };
  return { value: whole, notes: [told] };
}

/** Whether every sample of a batch counts, whatever its weight, so that only whole batches can be used. */
export function takesWholeBatches(loss: Value, mixing: boolean): boolean {
  return mixing || loss.shape.length === 0;
}

/**
 * Chooses the size of whole batches, at most `most` samples. It prefers a size that divides the data, if that is more
 * than half of `most`, and otherwise takes one that leaves few samples over.
 */
export function wholeBatchSize(samples: number, most: number): number {
  for (let size = Math.min(most, samples); 2 * size > most; size--) if (samples % size === 0) return size;
  return Math.floor(samples / Math.ceil(samples / most));
}
