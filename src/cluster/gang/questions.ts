import type { Displacement, PlanePoint, ProductKind, SampleAnswers } from '../../objective/objective';
import type { ShardSums, SampleFigures } from '../../objective/shards';
import type { SumNode } from './sumTree';

/** A question to shards. It holds everything that its answer depends on. */
export type Question = {
  /** Only to the first batches of all data; null for all. */
  first: number | null;
  /** Only to the shards from one index to before another; null for all. */
  shards: readonly [number, number] | null;
} & (
  | { ask: 'sums'; at: Displacement | null }
  | {
      ask: 'planeSums';
      d1: Float32Array;
      d2: Float32Array | null;
      points: readonly PlanePoint[];
      piece: boolean;
    }
  | { ask: 'gradient'; at: Displacement | null; batches: boolean }
  | {
      ask: 'products';
      kind: ProductKind;
      vectors: readonly Float32Array[];
      at: Displacement | null;
      nudge: number | null;
    }
  | { ask: 'sampleFigures'; kind: ProductKind; vectors: readonly Float32Array[]; at: Displacement | null }
  | { ask: 'perSample'; at: Displacement | null }
  | { ask: 'deviations'; gradient: Float32Array; most: number }
  | { ask: 'insideBatches' }
);

export interface BatchGradient {
  gradient: Float32Array;
  samples: number;
}

/** What one shard tells, by question. Sums of vectors are not told here but in nodes. */
export interface Told {
  sums: ShardSums;
  planeSums: ShardSums[];
  gradient: BatchGradient[];
  products: null;
  sampleFigures: SampleFigures[];
  perSample: SampleAnswers | null;
  deviations: Float64Array | null;
  insideBatches: Float32Array[] | null;
}

/** The answer of a group of consecutive shards. */
export interface GroupAnswer<Ask extends Question['ask'] = Question['ask']> {
  /** What each shard tells that has batches to answer for, in order. */
  told: Told[Ask][];
  /** Sums of vectors over the group's shards. */
  nodes: SumNode[];
}
