import type { Dataset } from '../data/dataset';
import { UserError } from '../errors';
import type { Value } from '../graph/graph';
import type { Tensor } from '../graph/tensor';

/**
 * The data that a loss can be taken of. Where the graph gives one number per batch, a mean that it takes itself, samples
 * that only fill the last batch would count as much as the others: what is left over goes.
 * @param notes gets a sentence then
 * @throws UserError when there is not one whole batch
 */
export function wholeBatches(data: Dataset, loss: Value, batchSize: number, notes: string[]): Dataset {
  const left = data.samples % batchSize;
  if (loss.shape.length > 0 || left === 0) return data;
  const samples = data.samples - left;
  if (samples === 0) {
    throw new UserError({
      what: `The model averages its loss over batches of ${batchSize}, but there are ${data.samples} samples.`,
      where: [data.source],
      action: `Give at least ${batchSize} samples, or --batch ${data.samples} where the model allows it.`,
    });
  }
  notes.push(
    `The model averages its loss over each batch of ${batchSize}: the last ${left} of ${data.samples} samples do not fill one and are left out.`,
  );
  const cut = ({ dtype, shape, data: values }: Tensor): Tensor => ({
    dtype,
    shape: [samples, ...shape.slice(1)],
    data: values.subarray(0, (values.length / data.samples) * samples),
  });
  const inputs = Object.fromEntries(Object.entries(data.inputs).map(([name, tensor]) => [name, cut(tensor)]));
  return { ...data, samples, inputs, target: data.target && cut(data.target) };
}
