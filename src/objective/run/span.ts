import type { Tensor } from '../../graph/tensor';

/** A batch in the form that the graph takes: data, target and weights by name. */
export interface WeightedBatch {
  tensors: Readonly<Record<string, Tensor>>;
  /** Number of real samples; the others only fill the batch and carry no weight. */
  count: number;
  /** Shares of these samples in the loss, which sum to 1 over all batches; null if each has 1/N. */
  weights: Float64Array | null;
}

/** The first batches of the data, all of them or a preview, and the weight of their samples in a mean. */
export class Span {
  readonly samples: number;

  /**
   * @param ofAll number of samples in all of the data
   * @param scale factor that turns sums over the span into means: its samples keep the weights they have in the full
   * data
   */
  private constructor(
    readonly batches: readonly WeightedBatch[],
    private readonly ofAll: number,
    readonly scale: number,
  ) {
    this.samples = batches.reduce((sum, { count }) => sum + count, 0);
  }

  /** @param batches every batch of the data, in fixed order */
  static whole(batches: readonly WeightedBatch[], samples: number): Span {
    return new Span(batches, samples, 1);
  }

  /** The first batches; null where the span has no more than that. */
  first(batches: number): Span | null {
    if (batches >= this.batches.length) return null;
    const first = this.batches.slice(0, batches);
    const scale = this.ofAll / first.reduce((sum, batch) => sum + this.countOf(batch), 0);
    return new Span(first, this.ofAll, scale);
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

  /** Shares of the span's samples in its mean, which sum to 1. */
  shares(): number[] {
    const plain = 1 / this.samples;
    return this.batches.flatMap(({ count, weights }) =>
      weights ? Array.from(weights, (weight) => weight * this.scale) : new Array<number>(count).fill(plain),
    );
  }
}
