import type { Quadrature } from '../report/density';
import type { SymmetricOperator } from './operator';

export interface Eigenpair {
  value: number;
  /** ‖Hv − λv‖ without rounding: some eigenvalue lies within residual (+ noise floor) of `value`. */
  residual: number;
  converged: boolean;
  /** Unit length, [dim]. */
  vector: Float32Array;
}

export interface ExtremesOptions {
  /** How many of the largest and of the smallest eigenvalues. */
  top: number;
  bottom: number;
  seed: number;
  /** A pair is converged when its residual is below tolerance · max|λ|. Default 1e-3. */
  tolerance?: number;
  /** Products with the operator, at most. Default 300. */
  maxProducts?: number;
  /** For basis vectors. Default 1 GiB. */
  memoryBytes?: number;
  /** Whether to look for further copies of repeated eigenvalues; 'auto': when dim is small or an invariant subspace was met. */
  repeated?: 'auto' | 'always' | 'never';
  signal?: AbortSignal;
  onStep?: (step: ExtremesStep) => void;
}

/** What is known after a product: for progress and for the page. */
export interface ExtremesStep {
  products: number;
  maxProducts: number;
  /** Largest first; smallest first. */
  top: { value: number; residual: number; converged: boolean }[];
  bottom: { value: number; residual: number; converged: boolean }[];
}

export interface Extremes {
  /** Largest first. */
  top: Eigenpair[];
  /** Smallest (most negative) first. */
  bottom: Eigenpair[];
  products: number;
  /** Largest |λ| seen. */
  maxAbs: number;
  /** All Ritz values of the last subspace, ascending: the input of `certifiedNegative`. */
  ritzValues: number[];
  /** Rounding error of the projected matrix as measured on the way, in units of λ: the input of `noiseFloor`. */
  asymmetry: number;
  /** Nodes and weights of the run's random start, one more SLQ probe; null once a restart has mixed it. */
  quadrature: Quadrature | null;
  restarts: number;
  /** Basis vectors the memory budget allows. */
  basisLimit: number;
}

export declare function extremeEigenpairs(op: SymmetricOperator, options: ExtremesOptions): Promise<Extremes>;
