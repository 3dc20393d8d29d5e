import type { Engine } from '../../engine/engine';
import type { Tensor } from '../../graph/tensor';
import { scalar } from '../../graph/tensor';
import { mean } from '../../numerics/statistics';
import { displaced } from '../displaced';
import { readInside } from '../../inside/readInside';
import type {
  Asked,
  Displacement,
  GradientAsked,
  InsideFigures,
  LossValue,
  Objective,
  ParameterTensor,
  PlaneAsked,
  PlanePoint,
  ProductKind,
  ProductsAsked,
  SampleAnswers,
  SampleCurvature,
} from '../objective';
import type { ShardSums, SampleFigures, Shard, SumsAsked, Whole } from '../shards';
import { GraphSizes } from '../resources/graphSizes';
import type { BatchLane } from './batchLane';
import { batchLanes } from './batchLane';
import { BatchRuns, scale } from './batchRuns';
import { BatchSum } from './batchSum';
import { InOrder } from './inOrder';
import { nudged } from './nudge';
import type { PointRuns } from './pointRuns';
import type { LossPrograms } from './programs';
import { SampleRuns } from './sampleRuns';
import type { WeightedBatch } from './span';
import { Span } from './span';
import { groupsOf, stack } from './stacked';
import type { Sums } from './weightedMeans';
import { asPlainMeans, standardErrorOf, weightedStandardErrorOf } from './weightedMeans';

export interface OnnxObjectiveOptions {
  programs: LossPrograms;
  /** The engine that the programs run on. */
  engine: Engine;
  parameters: readonly ParameterTensor[];
  theta: Float32Array;
  /** Every batch of the data, in fixed order; their weights sum to 1. */
  batches: readonly WeightedBatch[];
  samples: number;
  /** Variance of the targets, the mean over all their elements; null unless they are numbers that vary. */
  targetVariance: number | null;
  /** Whether the graph has one loss for the whole batch and none for single samples. */
  perBatch: boolean;
  /**
   * Bytes for the residuals of all batches together, and for the data that a device keeps. Residuals that do not fit
   * are computed again for each product.
   */
  residualBytes: number;
  /** Largest number of vectors that the tangent graph takes at once. */
  block: number;
  /** Decides how many vectors up to `block` go through one graph. */
  sizes: GraphSizes;
  /** Measures points of lines and planes side by side; null where the lanes share the batches, or there is one lane. */
  points: PointRuns | null;
  /** Opens the same loss with batches of one sample; null where samples have no gradient of their own. */
  singly: (() => Promise<OnnxObjective | null>) | null;
  dispose: () => Promise<void>;
}

export interface ShardOptions {
  /** Number of shards that share the memory for residuals. */
  together: number;
  /** Whether the shard has its samples to itself, so that those of other shards need not stay in memory. */
  alone: boolean;
}

/** L(θ) over a data set, computed by graphs that are compiled from an ONNX model. */
export class OnnxObjective implements Objective, Shard, Whole {
  readonly dim: number;
  readonly parameters: readonly ParameterTensor[];
  readonly theta: Float32Array;
  readonly samples: number;
  readonly batches: number;
  readonly block: number;
  readonly overlapping: boolean;
  private readonly runs: BatchRuns;
  private readonly ofSamples: SampleRuns;

  constructor(
    private readonly options: OnnxObjectiveOptions,
    private readonly span = Span.whole(options.batches, options.samples),
    private readonly lanes: readonly BatchLane[] = lanesOf(options),
  ) {
    this.parameters = options.parameters;
    this.theta = options.theta;
    this.dim = options.theta.length;
    this.samples = span.samples;
    this.batches = span.batches.length;
    this.block = options.block;
    this.overlapping = options.engine.lanes > 1;
    this.runs = new BatchRuns(options.engine, lanes, span);
    this.ofSamples = new SampleRuns(options, span, this.runs);
  }

  readonly value = async (asked: Asked = {}): Promise<LossValue & { standardError: number }> =>
    this.valueOf(await this.sums(asked));

  readonly sums = ({ signal, at }: Asked = {}): Promise<Sums> =>
    at ? this.sumsAt(at, signal) : this.sumsAtTheta(signal);

  readonly valueOf = (sums: ShardSums): LossValue & { standardError: number } => ({
    ...this.lossValue(sums),
    standardError: this.standardError(sums),
  });

  readonly gradient = async ({ signal, at, onBatch }: GradientAsked = {}): Promise<Float32Array> => {
    const program = await this.options.programs.gradient(at ? 'elsewhere' : 'theta');
    const told = new InOrder<Float32Array>((gradient, index) => {
      const batch = this.span.batches[index];
      // The copy is necessary because the gradient of a single batch is the sum itself.
      onBatch?.(scale(Float32Array.from(gradient), this.span.batchScale(batch)), this.span.countOf(batch));
    });
    const sums = await this.runs.inLanes({ fixed: fedWith(this.pointAt(at)), signal }, async (lane, own, placed) => {
      const total = new BatchSum();
      for await (const { batch, data } of own()) {
        const found = await program.run({ ...data, ...placed }, lane.index);
        const gradient = found.gradient.data as Float32Array;
        if (onBatch) told.add(batch, gradient);
        total.add(gradient);
      }
      return total.result;
    });
    return this.runs.mean(sums);
  };

  readonly products = async (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    { signal, at, nudge }: ProductsAsked = {},
  ): Promise<Float32Array[]> => {
    const theta = this.pointAt(at, nudge);
    // Products at another point share their primal pass, which is most of their work.
    const parted = (count: number) => (theta ? [count] : this.options.sizes.ofProducts(count));
    const results: Float32Array[] = [];
    for (const group of groupsOf(vectors, this.block, parted)) {
      const sum = await this.productsOf(kind, group, theta, signal);
      results.push(...group.map((_, k) => sum.subarray(k * this.dim, (k + 1) * this.dim)));
    }
    return results;
  };

  readonly curvatures = async (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    asked: Asked = {},
  ): Promise<SampleCurvature[]> => {
    const figures = await this.sampleFigures(kind, vectors, asked);
    return figures.map(this.curvatureOf);
  };

  readonly curvatureOf = ({ moves, bends, ...along }: SampleFigures): SampleCurvature => ({
    ...asPlainMeans(along, this.span),
    ...this.lossRounding(moves, bends),
  });

  readonly sampleFigures = (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    { signal, at }: Asked = {},
  ): Promise<SampleFigures[]> => this.ofSamples.figures(kind, vectors, this.pointAt(at), signal);

  readonly perSample = ({ signal, at }: Asked = {}): Promise<SampleAnswers | null> =>
    this.options.perBatch ? Promise.resolve(null) : this.ofSamples.answers(this.pointAt(at), signal);

  readonly deviations = async (
    gradient: Float32Array,
    most: number,
    signal?: AbortSignal,
  ): Promise<Float64Array | null> => {
    const single = await this.options.singly?.();
    if (!single) return null;
    try {
      return await single.deviationsOfSamples(gradient, { most, range: this.span.sampleRange }, signal);
    } finally {
      await single.dispose();
    }
  };

  readonly inside = async (asked: Pick<Asked, 'signal'> = {}): Promise<InsideFigures | null> => {
    const found = await this.insideBatches(asked);
    return found && this.insideFrom(found);
  };

  readonly insideFrom = (batches: readonly Float32Array[]): InsideFigures | null => {
    const inside = this.options.programs.inside();
    return inside && readInside(inside.layout, batches, this.span.scale);
  };

  readonly insideBatches = async ({ signal }: Pick<Asked, 'signal'> = {}): Promise<Float32Array[] | null> => {
    const inside = this.options.programs.inside();
    if (!inside) return null;
    const program = await inside.program;
    const found: Float32Array[] = [];
    await this.runs.inLanes({ signal }, async (lane, own, placed) => {
      for await (const { batch, data } of own()) {
        const { figures } = await program.run({ ...data, ...placed }, lane.index);
        found[batch] = figures.data as Float32Array;
      }
    });
    return found;
  };

  readonly plane = async (
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    { onPoint, ...asked }: PlaneAsked = {},
  ): Promise<LossValue[]> => {
    const onSums = (index: number, sums: Sums) => onPoint?.(index, this.lossValue(sums));
    const sums = await this.planeSums(d1, d2, points, { ...asked, onSums });
    return sums.map((each) => this.lossValue(each));
  };

  readonly planeSums = async (
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    { signal, piece, onSums }: SumsAsked = {},
  ): Promise<Sums[]> => {
    const fixed = {
      theta: this.flat(this.theta),
      d1: this.flat(d1),
      d2: this.flat(d2 ?? new Float32Array(this.dim)),
    };
    const feeds = points.map(({ alpha, beta }) => ({ alpha: scalar('float32', alpha), beta: scalar('float32', beta) }));
    if (this.options.points) return this.options.points.sums(feeds, { fixed, piece, signal, onSums });
    const { programs } = this.options;
    const program = await (piece ? programs.piece() : programs.plane());
    return this.runs.scalars((fed, batch, { residuals }) => residuals.run(batch, fed, program), feeds, {
      fixed,
      signal,
      onSums,
    });
  };

  readonly preview = (batches: number): OnnxObjective | null => {
    // The full objective owns the programs and releases them, so the preview must not.
    const options = { ...this.options, points: null, targetVariance: null, dispose: () => Promise.resolve() };
    const first = this.span.first(batches);
    return first && new OnnxObjective(options, first, this.lanes);
  };

  readonly first = this.preview;

  /**
   * The batches of one shard of the data, from index `from` to before index `to`. The objective keeps the programs, so
   * a shard disposes of nothing but what it keeps itself.
   */
  shard(from: number, to: number, { together, alone }: ShardOptions): OnnxObjective {
    const { batches, residualBytes } = this.options;
    const own = batches.slice(from, to).map((batch) => (alone ? copied(batch) : batch));
    return new OnnxObjective(
      {
        ...this.options,
        points: null,
        batches: own,
        targetVariance: null,
        residualBytes: residualBytes / together,
        dispose: () => Promise.resolve(),
      },
      this.span.part(from, to, own),
    );
  }

  readonly dispose = (): Promise<void> => {
    for (const lane of this.lanes) lane.clear();
    return this.options.dispose();
  };

  /** Answers `deviations`. Every batch is one sample. */
  private async deviationsOfSamples(
    gradient: Float32Array,
    { most, range: [from, to] }: { most: number; range: readonly [number, number] },
    signal?: AbortSignal,
  ): Promise<Float64Array> {
    const { batches } = this.options;
    const count = Math.min(most, batches.length);
    const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * batches.length) / count))
      .filter((sample) => sample >= from && sample < to)
      .map((sample) => batches[sample]);
    if (chosen.length === 0) return new Float64Array(0);
    const some = new OnnxObjective({ ...this.options, batches: chosen }, Span.whole(chosen, this.samples));
    const squares: number[] = [];
    try {
      await some.gradient({
        signal,
        onBatch(own, share) {
          squares.push(squaredDistance(own, gradient) * share ** 2);
        },
      });
    } finally {
      for (const lane of some.lanes) lane.clear();
    }
    return Float64Array.from(squares);
  }

  /**
   * The same loss over other data, whose batches have the same size. It keeps nothing between questions, so only the
   * objective itself is disposed of.
   * @param targetVariance of these data
   * @param programsOn the programs of that loss, made from the engine and the programs of this objective
   */
  over(
    batches: readonly WeightedBatch[],
    targetVariance: number | null,
    programsOn: (engine: Engine, programs: LossPrograms) => LossPrograms,
  ): OnnxObjective {
    const { engine, programs } = this.options;
    return new OnnxObjective({
      ...this.options,
      points: null,
      programs: programsOn(engine, programs),
      batches,
      targetVariance,
      samples: batches.reduce((sum, { count }) => sum + count, 0),
      residualBytes: 0,
      // It holds the samples of this objective.
      singly: null,
      dispose: () => Promise.resolve(),
    });
  }

  /** The same objective with residuals computed again for each product, as happens when they do not fit in memory. */
  recomputing(): OnnxObjective {
    return new OnnxObjective({ ...this.options, residualBytes: 0 });
  }

  /** The same objective with all vectors of a block in one graph, whether or not that is faster. */
  undivided(): OnnxObjective {
    return new OnnxObjective({ ...this.options, sizes: GraphSizes.any });
  }

  /** Compiles the products of `count` vectors ahead of the first product. @returns bytes of residuals per batch */
  async prepare(kind: ProductKind, count: number): Promise<number> {
    const { tangent, primal, residuals } = await this.options.programs.products(kind, Math.min(count, this.block));
    if (residuals.size > 0) await primal();
    await tangent();
    return [...residuals.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Computes the mean products of one group of vectors, [count · dim]. @param theta the point; null for θ itself */
  private async productsOf(
    kind: ProductKind,
    group: readonly Float32Array[],
    theta: Tensor | null,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { programs } = this.options;
    const count = group.length;
    const newSum = (lane: number) => programs.sum(count, lane);
    const vectors = stack(group);
    if (theta) {
      const program = await programs.productsAt(kind, count);
      return this.runs.vectors((feeds, _, { index }) => program.run(feeds, index), {
        fixed: { vectors, theta },
        signal,
        newSum,
      });
    }
    const ways = await programs.products(kind, count);
    return this.runs.vectors((feeds, batch, { residuals }) => residuals.run(batch, feeds, ways), {
      fixed: { vectors },
      signal,
      newSum,
    });
  }

  private async sumsAtTheta(signal?: AbortSignal): Promise<Sums> {
    const program = await this.options.programs.value();
    const [sums] = await this.runs.scalars((feeds, _, { index }) => program.run(feeds, index), [{}], { signal });
    return sums;
  }

  private async sumsAt(at: Displacement, signal?: AbortSignal): Promise<Sums> {
    const [sums] = await this.planeSums(at.d1, at.d2, [at], { signal });
    return sums;
  }

  private lossValue({ loss, correct, squaredError }: Sums): LossValue {
    const { targetVariance } = this.options;
    const rSquared =
      squaredError === undefined || targetVariance === null ? {} : { rSquared: 1 - squaredError / targetVariance };
    return { loss, accuracy: correct ?? NaN, ...rSquared };
  }

  private standardError(sums: Sums): number {
    if (this.span.weighted) return weightedStandardErrorOf(sums, this.span);
    return standardErrorOf(sums, this.options.perBatch ? this.span.batches.length : this.samples);
  }

  private lossRounding(moves: Float64Array, bends: Float64Array): Pick<SampleCurvature, 'lossRounding'> {
    const { lossUnit } = this.options.programs;
    if (lossUnit === 0) return {};
    const off = (values: Float64Array) => lossUnit * mean(Array.from(values));
    return { lossRounding: { loss: lossUnit, slope: off(moves), curvature: off(bends) } };
  }

  /** The point of a question; null for θ itself, whose weights are constants in the programs. */
  private pointAt(at?: Displacement, nudge?: number): Tensor | null {
    if (!at && nudge === undefined) return null;
    const point = at ? displaced(this.theta, at) : this.theta;
    return this.flat(nudge === undefined ? point : nudged(point, nudge));
  }

  private flat(data: Float32Array): Tensor {
    return { dtype: 'float32', shape: [this.dim], data };
  }
}

function lanesOf({ engine, batches, residualBytes }: OnnxObjectiveOptions): BatchLane[] {
  const tensors = batches.map((batch) => batch.tensors);
  return batchLanes(engine, tensors, Math.min(residualBytes, engine.residentBytes * engine.lanes));
}

/** The same batch in memory of its own; the tensors of a batch are views of the whole data. */
function copied({ tensors, ...rest }: WeightedBatch): WeightedBatch {
  const own = Object.entries(tensors).map(
    ([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }] as const,
  );
  return { ...rest, tensors: Object.fromEntries(own) };
}

/** The inputs that programs need at a point. */
function fedWith(theta: Tensor | null): Readonly<Record<string, Tensor>> {
  return theta ? { theta } : {};
}

/** ‖x − y‖² in float64. */
function squaredDistance(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - y[i]) ** 2;
  return sum;
}
