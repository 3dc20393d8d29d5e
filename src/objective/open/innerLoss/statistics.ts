import { batches } from '../../../data/batches';
import type { Dataset } from '../../../data/dataset';
import type { Engine } from '../../../engine/engine';
import type { Tensor } from '../../../graph/tensor';
import { sizeOf, tensor } from '../../../graph/tensor';
import type { LoweredModel } from '../../../model/lowered';
import type { Reduction, Statistic } from './decompose';

/** Samples that count once each, or as often as their weights say. */
export type SampleData = Pick<Dataset, 'inputs' | 'samples'> & { weights: Float64Array | null };

/** Computes the statistics of a data set, in their order. Sums count a sample as often as its weight says. */
export async function statisticsOf(
  statistics: readonly Statistic[],
  { g, inputs, parameters }: LoweredModel,
  data: SampleData,
  batchSize: number,
  engine: Engine,
): Promise<Tensor[]> {
  const known: Tensor[] = [];
  const constants = new Map(parameters.map(({ value, tensor: t }) => [value, t]));
  const levels = statistics.reduce((most, { level }) => Math.max(most, level + 1), 0);
  for (let level = 0; level < levels; level++) {
    const here = statistics.filter((each) => each.level === level);
    const outputs = Object.fromEntries(here.map(({ rows }, i) => [`rows ${i}`, rows]));
    const program = await engine.compile(g, { inputs, outputs, constants });
    const joined = here.map(({ reduction, input }) => new Joined(reduction, sizeOf(input.shape)));
    for (const { inputs: fed, start, count } of batches({ ...data, target: null }, batchSize)) {
      const found = await program.run(fed);
      for (const [i, each] of joined.entries())
        each.add(found[`rows ${i}`], count, data.weights?.subarray(start) ?? null);
    }
    await program.release();
    for (const [i, { input }] of here.entries()) {
      known.push(tensor(input.dtype, input.shape, joined[i].values));
      constants.set(input, known[known.length - 1]);
    }
  }
  return known;
}

const START = { ReduceSum: 0, ReduceMax: -Infinity, ReduceMin: Infinity };

class Joined {
  readonly values: Float64Array;

  constructor(
    private readonly reduction: Reduction,
    size: number,
  ) {
    this.values = new Float64Array(size).fill(START[reduction]);
  }

  /** @param rows [N, …], of which only the first `count` are real samples */
  add({ data }: Tensor, count: number, weights: Float64Array | null): void {
    const { values, reduction } = this;
    for (let i = 0; i < count; i++) {
      const weight = weights ? weights[i] : 1;
      if (weight === 0) continue;
      for (let j = 0; j < values.length; j++) {
        const value = Number(data[i * values.length + j]);
        if (reduction === 'ReduceSum') values[j] += weight * value;
        else values[j] = reduction === 'ReduceMax' ? Math.max(values[j], value) : Math.min(values[j], value);
      }
    }
  }
}
