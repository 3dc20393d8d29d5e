import type { Tensor } from '../../graph/tensor';

/** A batch in the form that the graph takes: data, target and weights by name. */
export interface WeightedBatch {
  tensors: Readonly<Record<string, Tensor>>;
  /** Number of real samples; the others only fill the batch and carry no weight. */
  count: number;
  /** Shares of these samples in the loss, which sum to 1 over all batches; null if each has 1/N. */
  weights: Float64Array | null;
}

/** Where the batches of a span are among all batches of the data. */
interface SpanPlace {
  /** Index of its first batch. */
  from: number;
  /** Index of its first sample. */
  firstSample: number;
  /** Number of samples of every batch of the data, as `countOf` counts them. */
  counts: readonly number[];
}

/** Consecutive batches of the data: all of them, a preview or a shard; and the weight of their samples in a mean. */
export class Span {
  readonly samples: number;

  /**
   * @param ofAll number of samples in all of the data
   * @param scale factor that turns sums over the span into means: its samples keep the weights they have in the full
   * data. Sums over a shard stay sums: those of all shards add up to the mean.
   * @param place null for spans that begin with the first batch
   */
  private constructor(
    readonly batches: readonly WeightedBatch[],
    private readonly ofAll: number,
    readonly scale: number,
    private readonly place: SpanPlace | null = null,
  ) {
    this.samples = batches.reduce((sum, { count }) => sum + count, 0);
  }

  /** @param batches every batch of the data, in fixed order */
  static whole(batches: readonly WeightedBatch[], samples: number): Span {
    return new Span(batches, samples, 1);
  }

  /** The batches from index `from` to before index `to` of a span of all data. */
  part(from: number, to: number, own = this.batches.slice(from, to)): Span {
    const firstSample = this.batches.slice(0, from).reduce((sum, { count }) => sum + count, 0);
    const counts = this.batches.map((batch) => this.countOf(batch));
    return new Span(own, this.ofAll, this.scale, { from, firstSample, counts });
  }

  /** The batches that are among the first of all data; null where the data have no more than that, or none is. */
  first(batches: number): Span | null {
    const counts = this.place?.counts ?? this.batches.map((batch) => this.countOf(batch));
    const own = this.batches.slice(0, Math.max(0, batches - (this.place?.from ?? 0)));
    if (batches >= counts.length || own.length === 0) return null;
    const scale = this.ofAll / counts.slice(0, batches).reduce((sum, count) => sum + count, 0);
    return new Span(own, this.ofAll, scale, this.place);
  }

  /** Indices of a shard's samples among all samples: from the first to before the second. No shard, no limits. */
  get sampleRange(): [number, number] {
    return this.place ? [this.place.firstSample, this.place.firstSample + this.samples] : [0, Infinity];
  }

  /** Whether samples have weights of their own. */
  get weighted(): boolean {
    return this.batches[0].weights !== null;
  }

  /**
   * Number of samples of a batch; where samples have weights, the number of plain samples with the same total weight.
   */
  countOf({ count, weights }: WeightedBatch): number {
    return weights ? this.ofAll * weights.reduce((sum, weight) => sum + weight, 0) : count;
  }

  /** The factor that turns the sum of one batch into the batch's mean. */
  batchScale(batch: WeightedBatch): number {
    return this.ofAll / this.countOf(batch);
  }

  /** Shares of the span's samples in its mean, which sum to 1; shares of a shard's samples in the mean over all. */
  shares(): number[] {
    const plain = this.place ? this.scale / this.ofAll : 1 / this.samples;
    return this.batches.flatMap(({ count, weights }) =>
      weights ? Array.from(weights, (weight) => weight * this.scale) : new Array<number>(count).fill(plain),
    );
  }
}
