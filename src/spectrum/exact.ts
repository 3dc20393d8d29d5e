import type { Quadrature } from '../report/density';
import type { Eigenpair } from './extremes';
import type { SymmetricOperator } from './operator';

/** Up to this length the whole matrix is formed: 256 products in a few blocks, and every eigenvalue is known. */
export const EXACT_DIM = 256;

export interface ExactSpectrum {
  /** All eigenvalues, ascending. */
  values: number[];
  /** Float32 error bound of each eigenvalue, from the measured asymmetry and the rounding of the entries. */
  errors: number[];
  /** Unit eigenvectors, as `values`. */
  vectors: Float32Array[];
  trace: number;
  /** max |Hᵢⱼ − Hⱼᵢ| / 2 */
  asymmetry: number;
  /** No eigenvalue is nearer to zero than this and called positive or negative. */
  noiseFloor: number;
  products: number;
}

export declare function exactSpectrum(
  op: SymmetricOperator,
  options?: { blockSize?: number; signal?: AbortSignal; onColumns?: (done: number, dim: number) => void },
): Promise<ExactSpectrum>;
/** The `top` largest and `bottom` smallest, each with its error bound as residual. */
export declare function extremesOfExact(
  exact: ExactSpectrum,
  top: number,
  bottom: number,
): { top: Eigenpair[]; bottom: Eigenpair[] };
/** Every eigenvalue with weight 1/dim: the same form as an SLQ probe, so that the density is drawn the same way. */
export declare function quadratureOfExact(exact: ExactSpectrum): Quadrature;
