import { batches } from '../../../data/batches';
import type { Engine } from '../../../engine/engine';
import type { Value } from '../../../graph/graph';
import type { Tensor } from '../../../graph/tensor';
import { arrayType } from '../../../graph/tensor';
import type { LoweredModel } from '../../../model/lowered';
import type { Decomposition } from './decompose';
import type { SampleData } from './statistics';
import { statisticsOf } from './statistics';

/** Largest difference between float32 sums in two orders, relative to the sum of the terms' sizes. */
const SAME = 1e-4;

/**
 * Whether the graph contradicts a decomposition of its loss. On one batch the terms must sum to the loss, and the
 * contribution of a sample must be the same wherever it stands in the batch and whatever stands beside it.
 */
export async function disagreement(
  lowered: LoweredModel,
  { statistics, terms, constant }: Decomposition,
  loss: Value,
  { batchSize, data, engine }: { batchSize: number; data: SampleData; engine: Engine },
): Promise<boolean> {
  const { g, inputs, parameters } = lowered;
  const fed = Object.fromEntries(statistics.map(({ input }) => [input.name!, input]));
  const rows = Object.fromEntries(terms.map((term, i) => [`rows ${i}`, term.rows]));
  const program = await engine.compile(g, {
    inputs: { ...inputs, ...fed },
    outputs: { loss, constant, ...rows },
    constants: new Map(parameters.map(({ value, tensor }) => [value, tensor])),
  });
  const run = async (tensors: Record<string, Tensor>, counts: readonly Tensor[]) => {
    const known = Object.fromEntries(statistics.map(({ input }, i) => [input.name!, counts[i]]));
    const found = await program.run({ ...tensors, ...known });
    return {
      loss: Number(found.loss.data[0]),
      constant: Number(found.constant.data[0]),
      rows: terms.map((_, i) => Array.from(found[`rows ${i}`].data as Float32Array)),
    };
  };
  const countsOf = (tensors: Record<string, Tensor>) =>
    statisticsOf(statistics, lowered, { inputs: tensors, samples: batchSize, weights: null }, batchSize, engine);
  try {
    const [{ inputs: first }] = batches({ ...data, target: null }, batchSize);
    const others = disturbed(first, batchSize);
    const counts = await countsOf(first);
    const alone = await run(first, counts);
    const moved = await run(others, await countsOf(others));
    const beside = await run(others, counts);
    return !isSum(alone) || !isSum(moved) || !alone.rows.every((before, i) => staysItself(before, beside.rows[i]));
  } finally {
    await program.release();
  }
}

/** Moves each sample by one place and replaces every second one by sample 0. */
function disturbed(inputs: Record<string, Tensor>, batch: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape, data }]) => {
      if (shape[0] !== batch) return [name, { dtype, shape, data }];
      const size = data.length / batch;
      // The arrays have the same element type, which the type checker cannot see.
      const moved = new (arrayType(dtype))(data.length) as Float32Array;
      for (let i = 0; i < batch; i++) {
        const from = sampleAt(i, batch);
        moved.set((data as Float32Array).subarray(from * size, (from + 1) * size), i * size);
      }
      return [name, { dtype, shape, data: moved }];
    }),
  );
}

const sampleAt = (place: number, batch: number) => (place % 2 === 0 ? (place + 1) % batch : 0);

interface Answer {
  loss: number;
  constant: number;
  rows: readonly (readonly number[])[];
}

/** Whether the terms sum to the loss, or neither is finite: a batch without any label has no mean. */
function isSum({ loss, constant, rows }: Answer): boolean {
  const all = [constant, ...rows.flat()];
  const sum = all.reduce((total, x) => total + x, 0);
  if (!Number.isFinite(loss) || !Number.isFinite(sum)) return Number.isFinite(loss) === Number.isFinite(sum);
  return Math.abs(sum - loss) <= SAME * all.reduce((total, x) => total + Math.abs(x), 0);
}

function staysItself(before: readonly number[], after: readonly number[]): boolean {
  const size = before.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return after.every((x, place) => {
    const expected = before[sampleAt(place, before.length)];
    return Math.abs(x - expected) <= SAME * size || !Number.isFinite(expected);
  });
}
