import type { NumericalProblem } from './troubles';

export interface NumericsAsked {
  /** Number of samples to run, rounded up to whole batches. */
  samples: number;
  /** Whether to run on until a NaN or ∞ is found. */
  untilNonFinite: boolean;
  signal?: AbortSignal;
}

/** A node in trouble, in words and numbers. */
export interface NumericalTrouble {
  node: string;
  operator: string;
  problem: NumericalProblem;
  /** What fed the node. */
  from: string;
  /** NaN, ±∞, 0, or the number of largest size. */
  value: number;
  /** How many times larger, or for a logarithm smaller, the number could be; null unless the problem is headroom. */
  factor: number | null;
  /** "sample 3", or "samples 0 to 7" where they act on each other; null where no run showed it again. */
  samples: string | null;
  /** What the node does for that sample: "divides 0 by 0". */
  deed: string | null;
  /** Whether an output of the model then holds NaN or ∞. */
  reaches: boolean;
}

/** How far a node is from the end of its floating type. */
export interface NodeHeadroom {
  node: string;
  operator: string;
  factor: number;
  operand: number;
  limit: number | null;
}

/** What a run of the user's own graph shows. */
export interface NumericsFound {
  troubles: NumericalTrouble[];
  headroom: NodeHeadroom[];
  /** Number of samples that ran. */
  samples: number;
  /** Number of values that were looked at. */
  values: number;
  notes: string[];
}
