import type { Objective, ParameterTensor, SampleCurvature } from '../../objective/objective';
import type { ResolvedOptions } from '../../options/presets';
import type { Check } from '../../report/curvature';
import type { HessianSpectrum } from '../../report/report';
import { gaussNewtonOf, hessianOf } from '../../spectrum/operator';
import type { SymmetricOperator } from '../../spectrum/operator';
import { keptEigenvectors } from '../drawn';
import type { Results } from '../answers';
import type { StageReport } from '../progress';

/** A matrix whose spectrum can be measured. */
export interface CurvatureSource {
  /** The name of the matrix in checks: "H" or "G". */
  symbol: string;
  /** The measurement whose pieces its probes are. */
  measurement: 'spectrum' | 'gaussNewton';
  /** Whether the matrix can have no negative eigenvalue. */
  semidefinite: boolean;
  op: SymmetricOperator;
  parameters: readonly ParameterTensor[];
  /** Returns dᵀHᵢd for every sample i and each vector d. Hᵢ is the matrix of one sample, and the mean of Hᵢ is H. */
  perSample(vectors: readonly Float32Array[], signal?: AbortSignal): Promise<SampleCurvature[]>;
}

export function curvatureSource(objective: Objective, kind: 'hessian' | 'gaussNewton'): CurvatureSource {
  return {
    symbol: kind === 'hessian' ? 'H' : 'G',
    measurement: kind === 'hessian' ? 'spectrum' : 'gaussNewton',
    semidefinite: kind === 'gaussNewton',
    op: kind === 'hessian' ? hessianOf(objective) : gaussNewtonOf(objective),
    parameters: objective.parameters,
    perSample: (vectors, signal) => objective.curvatures(kind, vectors, { signal }),
  };
}

export interface SpectrumRequest extends Pick<
  ResolvedOptions,
  'effort' | 'seed' | 'spectrumOf' | 'lanczosSteps' | 'extremeSteps' | 'probes'
> {
  top: number;
  bottom: number;
  /** Memory for Krylov vectors, in bytes. */
  basisBytes: number;
  /** Relative error of products when the device is allowed to round below float32 precision. Default 0. */
  productError?: number;
}

export interface SpectrumHooks {
  signal?: AbortSignal;
  /** What other processes have measured of this spectrum. */
  results?: Results;
  onProgress?: StageReport;
  /** Called with the partial spectrum: first with the density, then with the ends too. */
  onPart?: (spectrum: HessianSpectrum) => void;
}

export interface MeasuredSpectrum {
  spectrum: HessianSpectrum;
  /** Unit eigenvectors of `top` and `bottom`. */
  top: Float32Array[];
  bottom: Float32Array[];
  warnings: string[];
  checks: Check[];
}

/**
 * Builds a request for as many eigenpairs as the user asked for, by number or through the direction of a line or plane.
 * @param basisBytes memory for Krylov vectors
 */
export function spectrumRequest(options: ResolvedOptions, basisBytes: number): SpectrumRequest {
  const drawn = keptEigenvectors(options);
  const [top, bottom] = [Math.max(options.top, drawn.top), Math.max(options.bottom, drawn.bottom)];
  return { ...options, top, bottom, basisBytes };
}
