import type { Program } from '../engine/engine';
import type { Tensor } from '../graph/tensor';
import { scalar } from '../graph/tensor';
import type { LossValue, Objective, ParameterTensor, PlanePoint } from './objective';
import type { LossPrograms, ProductKind, ProductPrograms } from './programs';

type Feeds = Readonly<Record<string, Tensor>>;

/** A batch as the graph is fed: data, target and weights by name. */
export interface WeightedBatch {
  tensors: Feeds;
  /** Samples that are meant; the others carry no weight. */
  count: number;
}

export interface OnnxObjectiveOptions {
  programs: LossPrograms;
  parameters: readonly ParameterTensor[];
  theta: Float32Array;
  /** Every batch of the data, in fixed order; their weights sum to 1. */
  batches: readonly WeightedBatch[];
  samples: number;
  /** Bytes that residuals of all batches together may take; beyond it they are computed again for each product. */
  residualBudget: number;
  /** Vectors pushed through the tangent graph together. */
  block: number;
  dispose: () => Promise<void>;
}

/** L(θ) over a data set, by graphs compiled from an ONNX model. */
export class OnnxObjective implements Objective {
  readonly dim: number;
  readonly parameters: readonly ParameterTensor[];
  readonly theta: Float32Array;
  readonly samples: number;
  private kept: Record<string, Tensor>[] = [];

  constructor(private readonly options: OnnxObjectiveOptions) {
    this.parameters = options.parameters;
    this.theta = options.theta;
    this.dim = options.theta.length;
    this.samples = options.samples;
  }

  /** Figures of the first batch alone, by the same programs. Not a mean: the weights stay those of the whole. */
  firstBatch(): OnnxObjective {
    return new OnnxObjective({ ...this.options, batches: this.options.batches.slice(0, 1) });
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
    const total = new Float64Array(this.dim);
    for (const { tensors, count } of this.options.batches) {
      signal?.throwIfAborted();
      const { gradient } = await program.run(tensors);
      accumulate(total, gradient);
      const share = this.samples / count;
      onBatch?.(
        (gradient.data as Float32Array).map((v) => v * share),
        count,
      );
    }
    return Float32Array.from(total);
  }

  hvp = (vectors: readonly Float32Array[], signal?: AbortSignal, nudge?: number) =>
    this.products('hessian', vectors, signal, nudge);
  ggnvp = (vectors: readonly Float32Array[], signal?: AbortSignal, nudge?: number) =>
    this.products('gaussNewton', vectors, signal, nudge);

  async plane(
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    { signal, onPoint }: { signal?: AbortSignal; onPoint?: (index: number, value: LossValue) => void } = {},
  ): Promise<LossValue[]> {
    const program = await this.options.programs.plane();
    const flat = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [this.dim], data });
    const fixed = { theta: flat(this.theta), d1: flat(d1), d2: flat(d2 ?? new Float32Array(this.dim)) };
    const values: LossValue[] = [];
    for (const [index, { alpha, beta }] of points.entries()) {
      const at = { ...fixed, alpha: scalar('float32', alpha), beta: scalar('float32', beta) };
      values.push(lossValue(await this.sum(program, at, signal)));
      onPoint?.(index, values[index]);
    }
    return values;
  }

  dispose(): Promise<void> {
    this.kept = [];
    return this.options.dispose();
  }

  /** Sums the scalar outputs of a program over all batches. */
  private async sum(program: Program, extra: Feeds, signal?: AbortSignal): Promise<Record<string, number>> {
    const totals: Record<string, number> = {};
    for (const { tensors } of this.options.batches) {
      signal?.throwIfAborted();
      for (const [name, { data }] of Object.entries(await program.run({ ...tensors, ...extra }))) {
        totals[name] = (totals[name] ?? 0) + Number(data[0]);
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
    const results: Float32Array[] = [];
    for (let i = 0; i < vectors.length; i += this.options.block) {
      const block = vectors.slice(i, i + this.options.block);
      if (nudge === undefined) {
        const programs = await this.options.programs.products(kind, block.length);
        const keep = programs.residualBytes * this.options.batches.length <= this.options.residualBudget;
        results.push(...(await this.block(programs, block, keep ? 'kept' : 'fresh', signal)));
      } else {
        const programs = await this.options.programs.nudgedProducts(kind, block.length, nudge);
        results.push(...(await this.block(programs, block, 'fresh', signal)));
        await programs.release();
      }
    }
    return results;
  }

  private async block(
    programs: ProductPrograms,
    vectors: readonly Float32Array[],
    residualMode: 'kept' | 'fresh',
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const count = vectors.length;
    const stacked = new Float32Array(count * this.dim);
    for (const [k, vector] of vectors.entries()) stacked.set(vector, k * this.dim);
    const input: Tensor = { dtype: 'float32', shape: [count, this.dim], data: stacked };
    const total = new Float64Array(count * this.dim);
    for (const [b, { tensors }] of this.options.batches.entries()) {
      signal?.throwIfAborted();
      const residuals =
        residualMode === 'kept' ? await this.keptResiduals(b, programs) : ((await programs.primal?.run(tensors)) ?? {});
      accumulate(total, (await programs.tangent.run({ ...tensors, ...residuals, vectors: input })).products);
    }
    return vectors.map((_, k) => Float32Array.from(total.subarray(k * this.dim, (k + 1) * this.dim)));
  }

  /** What the tangent graph reads of a batch. Programs of all block sizes name the same residual alike and share it. */
  private async keptResiduals(batch: number, { primal, residualNames }: ProductPrograms): Promise<Feeds> {
    if (!primal) return {};
    const held = this.kept[batch];
    if (held && residualNames.every((name) => name in held)) {
      return Object.fromEntries(residualNames.map((name) => [name, held[name]]));
    }
    const fresh = await primal.run(this.options.batches[batch].tensors);
    this.kept[batch] = { ...held, ...fresh };
    return fresh;
  }
}

function lossValue({ loss, correct }: Record<string, number>): LossValue {
  return { loss, accuracy: correct ?? NaN };
}

/** Sums over batches stay in float64: thousands of float32 terms would lose the small ones. */
function accumulate(total: Float64Array, { data }: Tensor): void {
  const terms = data as Float32Array;
  for (let i = 0; i < total.length; i++) total[i] += terms[i];
}
