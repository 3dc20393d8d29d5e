import type { Engine } from '../../engine/engine';
import type { Feeds } from '../../engine/runtime';
import type { Tensor } from '../../graph/tensor';
import { KeptData } from './keptData';
import { KeptResiduals } from './residuals';

export interface FedBatch {
  /** Index of the batch among all batches. */
  batch: number;
  /** The inputs that programs read. */
  data: Feeds;
}

/** Batches of a lane: `first`, `first + step`, `first + 2·step`, … */
interface Share {
  first: number;
  step: number;
}

/** One of the lanes of an engine. It runs its share of the batches in order and keeps as much of their data as fits. */
export class BatchLane {
  readonly residuals: KeptResiduals;
  private readonly kept: KeptData;

  /**
   * @param all batches of the data
   * @param budget bytes that this lane may keep
   */
  constructor(
    readonly index: number,
    engine: Engine,
    all: readonly Readonly<Record<string, Tensor>>[],
    budget: number,
    private readonly share: Share,
  ) {
    const own = all.filter((_, batch) => batch % share.step === share.first);
    this.kept = new KeptData(engine, own, budget, index);
    this.residuals = new KeptResiduals(budget - this.kept.bytes, index);
  }

  /** Yields this lane's share of the first `count` batches. @throws the reason of `stopped`, or AbortError */
  async *first(count: number, stopped: AbortSignal, signal?: AbortSignal): AsyncGenerator<FedBatch> {
    const { first, step } = this.share;
    for (let batch = first; batch < count; batch += step) {
      signal?.throwIfAborted();
      stopped.throwIfAborted();
      yield { batch, data: await this.kept.of(Math.floor(batch / step)) };
    }
  }

  clear(): void {
    this.residuals.clear();
    this.kept.clear();
  }
}

/**
 * Makes the lanes of an engine, which split the budget between them.
 * @param share whether lane l of L has the batches l, l + L, l + 2L, …, or the whole of them
 */
export function batchLanes(
  engine: Engine,
  batches: readonly Readonly<Record<string, Tensor>>[],
  budget: number,
  share: 'part' | 'whole' = 'part',
): BatchLane[] {
  const { lanes } = engine;
  const shareOf = (lane: number) => (share === 'part' ? { first: lane, step: lanes } : { first: 0, step: 1 });
  return Array.from(
    { length: lanes },
    (_, lane) => new BatchLane(lane, engine, batches, budget / lanes, shareOf(lane)),
  );
}

/**
 * Runs `work` in all lanes at once. When it fails in one lane, the others are stopped and awaited, because they use
 * their resources until they end.
 * @returns results in the order of the lanes
 */
export async function inLanes<T>(
  lanes: readonly BatchLane[],
  work: (lane: BatchLane, stopped: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const stop = new AbortController();
  const run = (lane: BatchLane) =>
    work(lane, stop.signal).catch((fault: unknown) => {
      stop.abort(fault);
      throw fault;
    });
  const settled = await Promise.allSettled(lanes.map(run));
  // The first error of any lane, which is also the reason that stopped the others.
  stop.signal.throwIfAborted();
  return settled.map((result) => (result as PromiseFulfilledResult<T>).value);
}
