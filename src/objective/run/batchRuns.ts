import type { Engine } from '../../engine/engine';
import type { Resident } from '../../engine/resident';
import type { Feeds } from '../../engine/runtime';
import type { Tensor } from '../../graph/tensor';
import type { BatchLane, FedBatch } from './batchLane';
import { inLanes } from './batchLane';
import { BatchSum } from './batchSum';
import { inFlight } from './inFlight';
import { InOrder } from './inOrder';
import type { Span } from './span';
import type { VectorSum } from './vectorSum';
import type { Sums } from './weightedMeans';

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Number of batches that a lane is given at once: it computes one while the next waits. Otherwise a lane would be idle
 * until this thread learns that a batch has finished and sends the next one.
 */
const AHEAD = 2;

interface ScalarsOptions {
  /** Inputs that are the same in every run; they are transferred once to where the program runs. */
  fixed?: Tensors;
  signal?: AbortSignal;
  /** Receives the sums of each feed as soon as they are known, in the order of the feeds. */
  onSums?: (index: number, sums: Sums) => void;
}

interface VectorsOptions {
  fixed?: Tensors;
  signal?: AbortSignal;
  /** Makes an empty sum in a lane. */
  newSum: (lane: number) => Promise<VectorSum>;
}

/** Runs programs over the batches of a span, in all lanes of an engine at once, and sums their results. */
export class BatchRuns {
  constructor(
    private readonly engine: Engine,
    private readonly lanes: readonly BatchLane[],
    private readonly span: Span,
  ) {}

  /**
   * Runs `work` at once in every lane that has batches.
   * @param work receives the batches of its lane, until the signal aborts, and the `fixed` inputs where the lane runs
   * @returns results in the order of the lanes
   */
  inLanes<T>(
    { fixed = {}, signal }: { fixed?: Tensors; signal?: AbortSignal },
    work: (lane: BatchLane, own: () => AsyncGenerator<FedBatch>, placed: Feeds) => Promise<T>,
  ): Promise<T[]> {
    const { length } = this.span.batches;
    return inLanes(this.lanes.slice(0, length), (lane, stopped) =>
      this.engine.withUploaded(fixed, lane.index, (placed) =>
        work(lane, () => lane.first(length, stopped, signal), placed),
      ),
    );
  }

  /** Sums over all batches the scalars that `run` returns, for each of `feeds` together with the fixed inputs. */
  async scalars(
    run: (feeds: Feeds, batch: number, lane: BatchLane) => Promise<Record<string, Tensor>>,
    feeds: readonly Tensors[],
    { onSums, ...options }: ScalarsOptions,
  ): Promise<Sums[]> {
    const { batches, scale } = this.span;
    const told = new InOrder<Sums>((sums, index) => onSums?.(index, sums));
    const found = feeds.map(() => new Array<Tensors>(batches.length));
    const missing = feeds.map(() => batches.length);
    const totals: Sums[] = [];
    await this.inLanes(options, async (lane, own, placed) => {
      const all = async function* () {
        for (const [index, feed] of feeds.entries()) {
          for await (const { batch, data } of own()) yield { index, batch, fed: { ...data, ...placed, ...feed } };
        }
      };
      const ran = this.ahead(all(), async ({ index, batch, fed }) => ({
        index,
        batch,
        sums: await run(fed, batch, lane),
      }));
      for await (const { index, batch, sums } of ran) {
        found[index][batch] = sums;
        if (--missing[index] > 0) continue;
        // The sum runs in the order of the batches, whichever lane ends last, so that it is reproducible.
        totals[index] = summed(found[index], scale);
        told.add(index, totals[index]);
      }
    });
    return totals;
  }

  /** Sums over all batches the `products` that `run` returns, [count · dim]. */
  async vectors(
    run: (feeds: Feeds, batch: number, lane: BatchLane) => Promise<Record<string, Resident>>,
    { newSum, ...options }: VectorsOptions,
  ): Promise<Float32Array> {
    const sums = await this.inLanes(options, async (lane, own, placed) => {
      const total = await newSum(lane.index);
      try {
        const ran = this.ahead(own(), ({ batch, data }) => run({ ...data, ...placed }, batch, lane));
        for await (const { products } of ran) await total.add(products);
        return await total.result();
      } finally {
        total.dispose();
      }
    });
    return this.mean(sums);
  }

  /** Adds the partial sums of all lanes and scales the total to the mean over the span. */
  mean(parts: readonly Float32Array[]): Float32Array {
    const total = new BatchSum();
    for (const part of parts) total.add(part);
    return scale(total.result, this.span.scale);
  }

  /** Runs items in a lane, in order; one at a time where programs run in this thread or on one device. */
  private ahead<Item, Result>(items: AsyncIterable<Item>, run: (item: Item) => Promise<Result>) {
    return inFlight(items, this.engine.lanes > 1 ? AHEAD : 1, run);
  }
}

/** Multiplies a vector in place. */
export function scale(vector: Float32Array, factor: number): Float32Array {
  if (factor !== 1) for (let i = 0; i < vector.length; i++) vector[i] *= factor;
  return vector;
}

/** Sums each number over the batches and multiplies the total by `factor`. */
export function summed(batches: readonly Tensors[], factor: number): Sums {
  const totals: Record<string, number> = {};
  for (const [name, { data }] of batches.flatMap((sums) => Object.entries(sums))) {
    totals[name] = (totals[name] ?? 0) + Number(data[0]) * factor;
  }
  return totals;
}
