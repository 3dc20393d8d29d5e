import type { Quadrature } from '../report/density';
import type { TraceEstimate } from '../report/report';
import type { SymmetricOperator } from './operator';

export interface SlqOptions {
  probes: number;
  /** Lanczos steps per probe. */
  steps: number;
  seed: number;
  distribution?: 'rademacher' | 'gaussian';
  /** Probes pushed together; default all that the memory budget allows, at most 8. */
  blockSize?: number;
  /** For basis vectors. Default 1 GiB. */
  memoryBytes?: number;
  signal?: AbortSignal;
  onStep?: (step: { products: number; maxProducts: number; finished: readonly Quadrature[] }) => void;
}

export interface Slq {
  /** One per probe; the input of `densityFromRitz`. */
  ritz: Quadrature[];
  /** zᵀHz of each probe z (E zzᵀ = I), exact at the first step: their mean estimates the trace. */
  moments: number[];
  trace: TraceEstimate;
  products: number;
  /** False where the memory budget did not hold the bases: the density stays right, single Ritz values may repeat. */
  reorthogonalised: boolean;
}

export declare function slq(op: SymmetricOperator, options: SlqOptions): Promise<Slq>;
/** Expected number of eigenvalues below (or above) a bound, from the quadratures: dim · mean of the weights there. */
export declare function countFromRitz(
  ritz: readonly Quadrature[],
  dim: number,
  side: 'below' | 'above',
  bound: number,
): { value: number; standardError: number };
