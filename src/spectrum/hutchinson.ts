import type { TraceEstimate } from '../report/report';
import type { SymmetricOperator } from './operator';

/** A part of the diagonal whose sum is wanted as well: one parameter tensor. */
export interface TraceSlice {
  name: string;
  offset: number;
  count: number;
}

export interface HutchinsonOptions {
  seed: number;
  /** Stop when the standard error is below this fraction of |trace|. Default 0.02. */
  relativeError?: number;
  minProbes?: number;
  maxProbes?: number;
  blockSize?: number;
  slices?: readonly TraceSlice[];
  signal?: AbortSignal;
  onProbes?: (estimate: TraceEstimate) => void;
}

export interface HutchinsonTrace extends TraceEstimate {
  products: number;
  /** As `slices`. */
  bySlice: (TraceEstimate & { name: string })[];
}

export declare function hutchinsonTrace(op: SymmetricOperator, options: HutchinsonOptions): Promise<HutchinsonTrace>;
