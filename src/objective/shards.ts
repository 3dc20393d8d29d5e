import type { InsideFigures } from '../inside/insideFigures';
import type {
  Asked,
  GradientAsked,
  LossValue,
  Objective,
  PlaneAsked,
  PlanePoint,
  ProductKind,
  Questions,
  SampleCurvature,
} from './objective';

/** Sums over samples that a loss and its figures are read off, by name. */
export type ShardSums = Readonly<Record<string, number>>;

/** Values for each sample along a vector, from which slopes, curvatures and their rounding errors are read. */
export type SampleFigures = Record<'slopes' | 'curvatures' | 'moves' | 'bends', Float64Array>;

export interface SumsAsked extends Omit<PlaneAsked, 'onPoint'> {
  /** Receives the sums of each point as they are known. */
  onSums?: (index: number, sums: ShardSums) => void;
}

/**
 * Consecutive batches of the data. What it tells are sums, in which each sample has the share that it has in the mean
 * over all of the data: the sums of all shards are the means of an objective.
 */
export interface Shard {
  readonly samples: number;
  /** Sums at one point. */
  readonly sums: (asked?: Asked) => Promise<ShardSums>;
  /** Sums at each point of a plane. */
  readonly planeSums: (
    d1: Float32Array,
    d2: Float32Array | null,
    points: readonly PlanePoint[],
    asked?: SumsAsked,
  ) => Promise<ShardSums[]>;
  /** Its part of ∇L, [dim]; `onBatch` receives the mean gradient of each of its batches. */
  readonly gradient: (asked?: GradientAsked) => Promise<Float32Array>;
  /** Its part of each product, [dim]. */
  readonly products: Questions['products'];
  readonly sampleFigures: (
    kind: ProductKind,
    vectors: readonly Float32Array[],
    asked?: Asked,
  ) => Promise<SampleFigures[]>;
  /** The answers of its samples, with the shares that they have in all of the data. */
  readonly perSample: Questions['perSample'];
  /** ‖gᵢ − g‖² of those of its samples that are among the `most` chosen from all of the data. */
  readonly deviations: Questions['deviations'];
  /** Figures of each of its batches, which `insideFrom` reads. */
  readonly insideBatches: (asked?: Pick<Asked, 'signal'>) => Promise<Float32Array[] | null>;
  /** Its part of a preview: those of its batches that are among the first of all; null where it has none of them. */
  readonly first: (batches: number) => Shard | null;
}

/** All of the data of an objective, without what its batches compute: it reads figures off the sums of shards. */
export interface Whole extends Pick<
  Objective,
  'dim' | 'parameters' | 'theta' | 'samples' | 'block' | 'overlapping' | 'dispose'
> {
  /** Number of batches. */
  readonly batches: number;
  readonly valueOf: (sums: ShardSums) => LossValue & { standardError: number };
  /** @param figures of all samples */
  readonly curvatureOf: (figures: SampleFigures) => SampleCurvature;
  /** @param batches figures of all batches, in their order */
  readonly insideFrom: (batches: readonly Float32Array[]) => InsideFigures | null;
  /** The same of the first batches; null where the data have no more than that. */
  readonly preview: (batches: number) => Whole | null;
}
