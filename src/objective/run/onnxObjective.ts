import type { Engine } from '../../engine/engine';
import type { Resident } from '../../engine/resident';
import type { Feeds } from '../../engine/runtime';
import type { Tensor } from '../../graph/tensor';
import { scalar } from '../../graph/tensor';
import { mean } from '../../numerics/statistics';
import type { BatchLane, FedBatch } from './batchLane';
import { batchLanes, inLanes } from './batchLane';
import { BatchSum } from './batchSum';
import { GraphSizes } from '../resources/graphSizes';
import { inFlight } from './inFlight';
import { InOrder } from './inOrder';
import type { NonFiniteFigure } from './nonFiniteText';
import { findNonFinite } from './nonFinite';
import { nudged } from './nudge';
import type {
  LossValue,
  Objective,
  ParameterTensor,
  PlaneOptions,
  PlanePoint,
  ProductKind,
  SampleCurvature,
} from '../objective';
import type { LossPrograms } from './programs';

/** A batch as the graph is fed: data, target and weights by name. */
export interface WeightedBatch {
  tensors: Readonly<Record<string, Tensor>>;
  /** Samples that are meant; the others carry no weight. */
  count: number;
  /** Shares of these in the loss, of all batches together 1; null: 1/N each. */
  weights: Float64Array | null;
}

export interface OnnxObjectiveOptions {
  programs: LossPrograms;
  /** That the programs run on. */
  engine: Engine;
  parameters: readonly ParameterTensor[];
  theta: Float32Array;
  /** Every batch of the data, in fixed order; their weights sum to 1. */
  batches: readonly WeightedBatch[];
  samples: number;
  /** Whether the graph has one loss for the whole batch, which says nothing of single samples. */
  perBatch: boolean;
  /**
   * Bytes that residuals of all batches together may take, and the data where they are kept on a device; beyond it they
   * are computed again for each product.
   */
  residualBytes: number;
  /** Vectors pushed through the tangent graph together, at most. */
  block: number;
  /** How many of them really are. */
  sizes: GraphSizes;
  dispose: () => Promise<void>;
}

/**
 * Batches that a lane is given at once: one that is computed and one that waits, since a lane would else stand still until
 * this thread has heard of the last and sends the next.
 */
const AHEAD = 2;

/** The first batches of the data. Their weights are those of the whole: sums over them are `scale` times too small. */
interface Span {
  batches: readonly WeightedBatch[];
  samples: number;
  scale: number;
  lanes: readonly BatchLane[];
}

interface SumOptions {
  /** Brought to where the program runs once. */
  fixed?: Readonly<Record<string, Tensor>>;
  signal?: AbortSignal;
  /** Told each sum as it is there, in their order. */
  onSums?: (index: number, sums: Record<string, number>) => void;
}

/** Figures of each sample along a vector, as `sampleCurvature` names them. */
const FIGURES = ['slopes', 'curvatures', 'moves', 'bends'] as const;

/** L(θ) over a data set, by graphs compiled from an ONNX model. */
export class OnnxObjective implements Objective {
  readonly dim: number;
  readonly parameters: readonly ParameterTensor[];
  readonly theta: Float32Array;
  readonly samples: number;
  readonly block: number;
  readonly overlapping: boolean;

  constructor(
    private readonly options: OnnxObjectiveOptions,
    private readonly span: Span = wholeOf(options),
  ) {
    this.parameters = options.parameters;
    this.theta = options.theta;
    this.dim = options.theta.length;
    this.samples = span.samples;
    this.block = options.block;
    this.overlapping = options.engine.lanes > 1;
  }

  preview(batches: number): OnnxObjective | null {
    if (batches >= this.span.batches.length) return null;
    const first = this.span.batches.slice(0, batches);
    const samples = samplesOf(first);
    const scale = this.options.samples / first.reduce((sum, batch) => sum + this.countOf(batch), 0);
    // The programs belong to the whole, which releases them.
    const options = { ...this.options, dispose: () => Promise.resolve() };
    return new OnnxObjective(options, { ...this.span, batches: first, samples, scale });
  }

  /** The same with residuals computed again for each product, as where they do not fit the memory. */
  recomputing(): OnnxObjective {
    return new OnnxObjective({ ...this.options, residualBytes: 0 });
  }

  /** The same with all vectors of a block in one graph, whether it pays or not. */
  undivided(): OnnxObjective {
    return new OnnxObjective({ ...this.options, sizes: GraphSizes.any });
  }

  /** Compiles the products of `count` vectors, which the first product would do. @returns bytes of residuals per batch */
  async prepare(kind: ProductKind, count: number): Promise<number> {
    const { tangent, primal, residuals } = await this.options.programs.products(kind, Math.min(count, this.block));
    if (residuals.size > 0) await primal();
    await tangent();
    return [...residuals.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  async value(signal?: AbortSignal): Promise<LossValue & { standardError: number }> {
    const program = await this.options.programs.value();
    const [sums] = await this.sums((feeds, _, { index }) => program.run(feeds, index), [{}], { signal });
    if (this.weighted) return { ...lossValue(sums), standardError: this.weightedError(sums) };
    const variance = Math.max(0, sums.square - sums.loss ** 2);
    const answers = this.options.perBatch ? this.span.batches.length : this.samples;
    return { ...lossValue(sums), standardError: answers > 1 ? Math.sqrt(variance / (answers - 1)) : NaN };
  }

  async gradient(
    signal?: AbortSignal,
    onBatch?: (gradient: Float32Array, samples: number) => void,
  ): Promise<Float32Array> {
    const program = await this.options.programs.gradient();
    const told = new InOrder<Float32Array>((gradient, batch) => {
      const count = this.countOf(this.span.batches[batch]);
      // A copy: a single batch's gradient is the sum itself.
      onBatch?.(scale(Float32Array.from(gradient), this.options.samples / count), count);
    });
    const sums = await this.inLanes(signal, async (lane, own) => {
      const total = new BatchSum();
      for await (const { batch, data } of own()) {
        const gradient = (await program.run(data, lane.index)).gradient.data as Float32Array;
        if (onBatch) told.add(batch, gradient);
        total.add(gradient);
      }
      return total.result;
    });
    return scale(sumOf(sums), this.span.scale);
  }

  hvp = (vectors: readonly Float32Array[], signal?: AbortSignal, nudge?: number) =>
    this.products('hessian', vectors, signal, nudge);
  ggnvp = (vectors: readonly Float32Array[], signal?: AbortSignal, nudge?: number) =>
    this.products('gaussNewton', vectors, signal, nudge);

  async curvatures(
    vectors: readonly Float32Array[],
    signal?: AbortSignal,
    kind: ProductKind = 'hessian',
  ): Promise<SampleCurvature[]> {
    const results: SampleCurvature[] = [];
    const { programs, engine } = this.options;
    const { batches } = this.span;
    // All batches but the last have the same number of samples.
    const [{ count: batchSize }] = batches;
    for (const block of this.blocksOf(vectors, (count) => this.options.sizes.ofOthers(count))) {
      const program = await programs.sampleCurvature(kind, block.length);
      const found = block.map(() => ({
        slopes: new Float64Array(this.samples),
        curvatures: new Float64Array(this.samples),
        moves: new Float64Array(this.samples),
        bends: new Float64Array(this.samples),
      }));
      const stacked = { vectors: stack(block) };
      await this.inLanes(signal, (lane, own) =>
        engine.withUploaded(stacked, lane.index, async (placed) => {
          for await (const { batch, data } of own()) {
            const along = await program.run({ ...data, ...placed }, lane.index);
            const { count } = batches[batch];
            for (const [k, of] of found.entries()) {
              for (const name of FIGURES) {
                const figures = along[name];
                if (figures) of[name].set(row(figures, k).subarray(0, count), batch * batchSize);
              }
            }
          }
        }),
      );
      for (const { moves, bends, ...along } of found) {
        results.push({ ...this.asPlainMeans(along), ...this.lossRounding(moves, bends) });
      }
    }
    return results;
  }

  private lossRounding(moves: Float64Array, bends: Float64Array): Pick<SampleCurvature, 'lossRounding'> {
    const { lossUnit } = this.options.programs;
    if (lossUnit === 0) return {};
    const off = (values: Float64Array) => lossUnit * mean(Array.from(values));
    return { lossRounding: { loss: lossUnit, slope: off(moves), curvature: off(bends) } };
  }

  async plane(
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    { signal, onPoint, piece = false }: PlaneOptions = {},
  ): Promise<LossValue[]> {
    const { programs } = this.options;
    const program = await (piece ? programs.piece() : programs.plane());
    const flat = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [this.dim], data });
    const fixed = { theta: flat(this.theta), d1: flat(d1), d2: flat(d2 ?? new Float32Array(this.dim)) };
    const at = points.map(({ alpha, beta }) => ({ alpha: scalar('float32', alpha), beta: scalar('float32', beta) }));
    const onSums = (index: number, sums: Record<string, number>) => onPoint?.(index, lossValue(sums));
    const run = (feeds: Feeds, batch: number, { residuals }: BatchLane) => residuals.run(batch, feeds, program);
    return (await this.sums(run, at, { fixed, signal, onSums })).map(lossValue);
  }

  /** Which sample and operator make loss or gradient NaN or ∞; null where none does by itself. */
  whyNotFinite(figure: 'loss' | 'gradient'): Promise<NonFiniteFigure | null> {
    return findNonFinite(this.options.programs.graph, this.span.batches, figure);
  }

  dispose(): Promise<void> {
    for (const lane of this.span.lanes) lane.clear();
    return this.options.dispose();
  }

  private get weighted(): boolean {
    return this.options.batches[0].weights !== null;
  }

  /** Samples of a batch; where they have weights, as many plain ones as count for as much. */
  private countOf({ count, weights }: WeightedBatch): number {
    return weights ? this.options.samples * weights.reduce((sum, weight) => sum + weight, 0) : count;
  }

  /** Shares of the samples of the span, which sum to 1. */
  private shares(): number[] {
    return this.span.batches.flatMap(({ weights }) => Array.from(weights!, (weight) => weight * this.span.scale));
  }

  /**
   * Standard error of a weighted mean L = Σ wᵢℓᵢ, Σ wᵢ = 1: √(N/(N − 1) · Σ wᵢ²(ℓᵢ − L)²), that of a ratio of sums.
   * @see Cochran 1977, Sampling Techniques, 6.4
   */
  private weightedError({ loss, squareLoss, squareSquare }: Record<string, number>): number {
    const { samples, span } = this;
    if (samples < 2) return NaN;
    const squares = this.shares().reduce((sum, share) => sum + share ** 2, 0);
    const spread = span.scale * (squareSquare - 2 * loss * squareLoss) + loss ** 2 * squares;
    return Math.sqrt((samples / (samples - 1)) * Math.max(0, spread));
  }

  /** Plain means and their standard errors of c̄ + N·wᵢ·(cᵢ − c̄) are the weighted mean c̄ and its standard error. */
  private asPlainMeans(along: SampleCurvature): SampleCurvature {
    if (!this.weighted) return along;
    const { slopes, curvatures } = along;
    const shares = this.shares();
    const plain = (values: Float64Array) => {
      const centre = values.reduce((sum, value, i) => sum + shares[i] * value, 0);
      return values.map((value, i) => centre + shares.length * shares[i] * (value - centre));
    };
    return { slopes: plain(slopes), curvatures: plain(curvatures) };
  }

  /** Sums the scalars that `run` gives over all batches, fed with each of `feeds` and what is `fixed` for all. */
  private async sums(
    run: (feeds: Feeds, batch: number, lane: BatchLane) => Promise<Record<string, Tensor>>,
    feeds: readonly Readonly<Record<string, Tensor>>[],
    { fixed = {}, signal, onSums }: SumOptions,
  ): Promise<Record<string, number>[]> {
    const { batches, scale: factor } = this.span;
    const told = new InOrder<Record<string, number>>((sums, index) => onSums?.(index, sums));
    const found = feeds.map(() => new Array<Readonly<Record<string, Tensor>>>(batches.length));
    const missing = feeds.map(() => batches.length);
    const totals: Record<string, number>[] = [];
    await this.inLanes(signal, (lane, own) =>
      this.options.engine.withUploaded(fixed, lane.index, async (placed) => {
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
          // In the order of the batches, whichever lane comes last.
          totals[index] = summed(found[index], factor);
          told.add(index, totals[index]);
        }
      }),
    );
    return totals;
  }

  private async products(
    kind: ProductKind,
    vectors: readonly Float32Array[],
    signal?: AbortSignal,
    nudge?: number,
  ): Promise<Float32Array[]> {
    const { programs, sizes } = this.options;
    const results: Float32Array[] = [];
    // A few products at changed weights share their primal pass, which is most of their work.
    const parted = (count: number) => (nudge === undefined ? sizes.ofProducts(count) : [count]);
    for (const block of this.blocksOf(vectors, parted)) {
      const stacked = { vectors: stack(block) };
      if (nudge === undefined) {
        const ways = await programs.products(kind, block.length);
        const found = await this.sumProducts(block.length, stacked, signal, (feeds, batch, { residuals }) =>
          residuals.run(batch, feeds, ways),
        );
        results.push(...found);
      } else {
        const program = await programs.productsAt(kind, block.length);
        const theta: Tensor = { dtype: 'float32', shape: [this.dim], data: nudged(this.theta, nudge) };
        const found = await this.sumProducts(block.length, { ...stacked, theta }, signal, (feeds, _, { index }) =>
          program.run(feeds, index),
        );
        results.push(...found);
      }
    }
    return results;
  }

  /** Σ over the batches of `products`, [count, dim], row by row; `run` is fed a batch and what is `fixed` for all. */
  private async sumProducts(
    count: number,
    fixed: Readonly<Record<string, Tensor>>,
    signal: AbortSignal | undefined,
    run: (feeds: Feeds, batch: number, lane: BatchLane) => Promise<Record<string, Resident>>,
  ): Promise<Float32Array[]> {
    const { programs, engine } = this.options;
    const sums = await this.inLanes(signal, async (lane, own) => {
      const total = await programs.sum(count, lane.index);
      try {
        return await engine.withUploaded(fixed, lane.index, async (placed) => {
          const ran = this.ahead(own(), ({ batch, data }) => run({ ...data, ...placed }, batch, lane));
          for await (const { products } of ran) await total.add(products);
          return total.result();
        });
      } finally {
        total.dispose();
      }
    });
    const result = scale(sumOf(sums), this.span.scale);
    return Array.from({ length: count }, (_, k) => result.subarray(k * this.dim, (k + 1) * this.dim));
  }

  /** Runs `work` side by side in every lane that has batches; `own` gives them, until the signal aborts. */
  private inLanes<T>(
    signal: AbortSignal | undefined,
    work: (lane: BatchLane, own: () => AsyncGenerator<FedBatch>) => Promise<T>,
  ): Promise<T[]> {
    const { lanes, batches } = this.span;
    return inLanes(lanes.slice(0, batches.length), (lane, stopped) =>
      work(lane, () => lane.first(batches.length, stopped, signal)),
    );
  }

  /** Runs of batches in a lane, in their order. Where programs run in this thread, or on a device, one after the other. */
  private ahead<Item, Result>(items: AsyncIterable<Item>, run: (item: Item) => Promise<Result>) {
    return inFlight(items, this.overlapping ? AHEAD : 1, run);
  }

  private *blocksOf(
    vectors: readonly Float32Array[],
    parted: (count: number) => readonly number[],
  ): Generator<readonly Float32Array[]> {
    for (let first = 0; first < vectors.length;) {
      for (const size of parted(Math.min(this.block, vectors.length - first))) {
        yield vectors.slice(first, first + size);
        first += size;
      }
    }
  }
}

function wholeOf({ engine, batches, samples, residualBytes }: OnnxObjectiveOptions): Span {
  const tensors = batches.map((batch) => batch.tensors);
  const lanes = batchLanes(engine, tensors, Math.min(residualBytes, engine.residentBytes * engine.lanes));
  return { batches, samples, scale: 1, lanes };
}

const samplesOf = (batches: readonly WeightedBatch[]) => batches.reduce((sum, { count }) => sum + count, 0);

/** Σ over the batches of each number, times `factor`. */
function summed(batches: readonly Readonly<Record<string, Tensor>>[], factor: number): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const [name, { data }] of batches.flatMap((sums) => Object.entries(sums))) {
    totals[name] = (totals[name] ?? 0) + Number(data[0]) * factor;
  }
  return totals;
}

/** Of what the lanes summed. */
function sumOf(parts: readonly Float32Array[]): Float32Array {
  const total = new BatchSum();
  for (const part of parts) total.add(part);
  return total.result;
}

function lossValue({ loss, correct }: Record<string, number>): LossValue {
  return { loss, accuracy: correct ?? NaN };
}

/** K vectors as one tensor, [K, dim]; a single one is not copied. */
function stack(vectors: readonly Float32Array[]): Tensor {
  const [{ length }] = vectors;
  if (vectors.length === 1) return { dtype: 'float32', shape: [1, length], data: vectors[0] };
  const data = new Float32Array(vectors.length * length);
  for (const [k, vector] of vectors.entries()) data.set(vector, k * length);
  return { dtype: 'float32', shape: [vectors.length, length], data };
}

/** Row k of a matrix. */
function row({ shape: [, length], data }: Tensor, k: number): Float32Array {
  return (data as Float32Array).subarray(k * length, (k + 1) * length);
}

/** In place. */
function scale<T extends Float32Array | Float64Array>(vector: T, factor: number): T {
  if (factor !== 1) for (let i = 0; i < vector.length; i++) vector[i] *= factor;
  return vector;
}
