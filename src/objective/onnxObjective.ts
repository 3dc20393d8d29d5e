import type { Engine, Program } from '../engine/engine';
import type { Resident } from '../engine/resident';
import type { Feeds } from '../engine/runtime';
import type { Tensor } from '../graph/tensor';
import { scalar } from '../graph/tensor';
import { BatchSum } from './batchSum';
import { KeptData } from './keptData';
import { nudged } from './nudge';
import type {
  LossValue,
  Objective,
  ParameterTensor,
  PlaneOptions,
  PlanePoint,
  ProductKind,
  SampleCurvature,
} from './objective';
import type { LossPrograms } from './programs';
import { KeptResiduals } from './residuals';

/** A batch as the graph is fed: data, target and weights by name. */
export interface WeightedBatch {
  tensors: Readonly<Record<string, Tensor>>;
  /** Samples that are meant; the others carry no weight. */
  count: number;
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
  /**
   * Bytes that residuals of all batches together may take, and the data where they are kept on a device; beyond it they
   * are computed again for each product.
   */
  residualBytes: number;
  /** Vectors pushed through the tangent graph together. */
  block: number;
  dispose: () => Promise<void>;
}

/** The first batches of the data. Their weights are those of the whole: sums over them are `scale` times too small. */
interface Span {
  batches: readonly WeightedBatch[];
  samples: number;
  scale: number;
  data: KeptData;
  residuals: KeptResiduals;
}

/** L(θ) over a data set, by graphs compiled from an ONNX model. */
export class OnnxObjective implements Objective {
  readonly dim: number;
  readonly parameters: readonly ParameterTensor[];
  readonly theta: Float32Array;
  readonly samples: number;
  readonly block: number;

  constructor(
    private readonly options: OnnxObjectiveOptions,
    private readonly span: Span = wholeOf(options),
  ) {
    this.parameters = options.parameters;
    this.theta = options.theta;
    this.dim = options.theta.length;
    this.samples = span.samples;
    this.block = options.block;
  }

  preview(batches: number): OnnxObjective | null {
    if (batches >= this.span.batches.length) return null;
    const first = this.span.batches.slice(0, batches);
    const samples = first.reduce((sum, { count }) => sum + count, 0);
    const scale = this.options.samples / samples;
    // The programs belong to the whole, which releases them.
    const options = { ...this.options, dispose: () => Promise.resolve() };
    return new OnnxObjective(options, { ...this.span, batches: first, samples, scale });
  }

  /** The same with residuals computed again for each product, as where they do not fit the memory. */
  recomputing(): OnnxObjective {
    return new OnnxObjective({ ...this.options, residualBytes: 0 });
  }

  /** Compiles the products of `count` vectors, which the first product would do. @returns bytes of residuals per batch */
  async prepare(kind: ProductKind, count: number): Promise<number> {
    const { residuals } = await this.options.programs.products(kind, Math.min(count, this.options.block));
    return [...residuals.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  async value(signal?: AbortSignal): Promise<LossValue & { standardError: number }> {
    const sums = await this.sum(await this.options.programs.value(), {}, signal);
    const variance = Math.max(0, sums.square - sums.loss ** 2);
    const { samples } = this;
    return { ...lossValue(sums), standardError: samples > 1 ? Math.sqrt(variance / (samples - 1)) : NaN };
  }

  async gradient(
    signal?: AbortSignal,
    onBatch?: (gradient: Float32Array, samples: number) => void,
  ): Promise<Float32Array> {
    const program = await this.options.programs.gradient();
    const total = new BatchSum();
    for (const [b, { count }] of this.span.batches.entries()) {
      signal?.throwIfAborted();
      const gradient = (await program.run(await this.span.data.of(b))).gradient.data as Float32Array;
      // A copy: a single batch's gradient is the sum itself.
      onBatch?.(scale(Float32Array.from(gradient), this.options.samples / count), count);
      total.add(gradient);
    }
    return scale(total.result, this.span.scale);
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
    for (const block of this.blocksOf(vectors)) {
      const program = await programs.sampleCurvature(kind, block.length);
      const found = block.map(() => ({
        slopes: new Float64Array(this.samples),
        curvatures: new Float64Array(this.samples),
      }));
      await engine.withUploaded({ vectors: stack(block) }, async (placed) => {
        let start = 0;
        for (const [b, { count }] of this.span.batches.entries()) {
          signal?.throwIfAborted();
          const { slopes, curvatures } = await program.run({ ...(await this.span.data.of(b)), ...placed });
          for (const [k, of] of found.entries()) {
            of.slopes.set(row(slopes, k).subarray(0, count), start);
            of.curvatures.set(row(curvatures, k).subarray(0, count), start);
          }
          start += count;
        }
      });
      results.push(...found);
    }
    return results;
  }

  async plane(
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    { signal, onPoint, piece = false }: PlaneOptions = {},
  ): Promise<LossValue[]> {
    const { programs, engine } = this.options;
    const program = await (piece ? programs.piece() : programs.plane());
    const flat = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [this.dim], data });
    const fixed = { theta: flat(this.theta), d1: flat(d1), d2: flat(d2 ?? new Float32Array(this.dim)) };
    return engine.withUploaded(fixed, async (placed) => {
      const values: LossValue[] = [];
      for (const [index, { alpha, beta }] of points.entries()) {
        const at = { ...placed, alpha: scalar('float32', alpha), beta: scalar('float32', beta) };
        values.push(lossValue(await this.sum(program, at, signal)));
        onPoint?.(index, values[index]);
      }
      return values;
    });
  }

  dispose(): Promise<void> {
    this.span.residuals.clear();
    this.span.data.clear();
    return this.options.dispose();
  }

  /** Sums the scalar outputs of a program over all batches. */
  private async sum(program: Program, extra: Feeds, signal?: AbortSignal): Promise<Record<string, number>> {
    const totals: Record<string, number> = {};
    for (const b of this.span.batches.keys()) {
      signal?.throwIfAborted();
      const sums = await program.run({ ...(await this.span.data.of(b)), ...extra });
      for (const [name, { data }] of Object.entries(sums)) {
        totals[name] = (totals[name] ?? 0) + Number(data[0]) * this.span.scale;
      }
    }
    return totals;
  }

  private async products(
    kind: ProductKind,
    vectors: readonly Float32Array[],
    signal?: AbortSignal,
    nudge?: number,
  ): Promise<Float32Array[]> {
    const { programs, engine } = this.options;
    const results: Float32Array[] = [];
    for (const block of this.blocksOf(vectors)) {
      const stacked = { vectors: stack(block) };
      if (nudge === undefined) {
        const split = await programs.products(kind, block.length);
        const kept = this.span.residuals;
        const found = await engine.withUploaded(stacked, (placed) =>
          this.sumProducts(block.length, signal, async (data, b) => {
            if (split.whole && !kept.hasRoom(b, split)) return (await split.whole()).run({ ...data, ...placed });
            return kept.with(b, data, split, (residuals) => split.tangent.run({ ...data, ...residuals, ...placed }));
          }),
        );
        results.push(...found);
      } else {
        const program = await programs.productsAt(kind, block.length);
        const theta: Tensor = { dtype: 'float32', shape: [this.dim], data: nudged(this.theta, nudge) };
        const found = await engine.withUploaded({ ...stacked, theta }, (placed) =>
          this.sumProducts(block.length, signal, (data) => program.run({ ...data, ...placed })),
        );
        results.push(...found);
      }
    }
    return results;
  }

  /** Σ over the batches of `products`, [count, dim], row by row. */
  private async sumProducts(
    count: number,
    signal: AbortSignal | undefined,
    run: (data: Feeds, batch: number) => Promise<Record<string, Resident>>,
  ): Promise<Float32Array[]> {
    const total = await this.options.programs.sum(count);
    try {
      for (const b of this.span.batches.keys()) {
        signal?.throwIfAborted();
        await total.add((await run(await this.span.data.of(b), b)).products);
      }
      const result = scale(await total.result(), this.span.scale);
      return Array.from({ length: count }, (_, k) => result.subarray(k * this.dim, (k + 1) * this.dim));
    } finally {
      total.dispose();
    }
  }

  private *blocksOf(vectors: readonly Float32Array[]): Generator<readonly Float32Array[]> {
    for (let i = 0; i < vectors.length; i += this.block) yield vectors.slice(i, i + this.block);
  }
}

function wholeOf({ engine, batches, samples, residualBytes }: OnnxObjectiveOptions): Span {
  const budget = Math.min(residualBytes, engine.residentBytes);
  const data = new KeptData(
    engine,
    batches.map(({ tensors }) => tensors),
    budget,
  );
  return { batches, samples, scale: 1, data, residuals: new KeptResiduals(budget - data.bytes) };
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
