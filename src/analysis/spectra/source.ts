import type { Objective, ParameterTensor, SampleCurvature } from '../../objective/objective';
import type { ResolvedOptions } from '../../options/presets';
import type { Check } from '../../report/curvature';
import type { HessianSpectrum } from '../../report/report';
import { gaussNewtonOf, hessianOf } from '../../spectrum/operator';
import type { SymmetricOperator } from '../../spectrum/operator';
import { drawnEigenvectors } from '../drawn';
import type { StageReport } from '../progress';

/** The matrix whose spectrum is measured. */
export interface CurvatureSource {
  /** "H", "G": as checks name it. */
  symbol: string;
  /** True where no eigenvalue can be negative. */
  semidefinite: boolean;
  op: SymmetricOperator;
  parameters: readonly ParameterTensor[];
  /** dᵀHᵢd of every sample along each vector; Hᵢ the matrix of one sample, whose mean is H. */
  perSample(vectors: readonly Float32Array[], signal?: AbortSignal): Promise<SampleCurvature[]>;
}

export function curvatureSource(objective: Objective, kind: 'hessian' | 'gaussNewton'): CurvatureSource {
  return {
    symbol: kind === 'hessian' ? 'H' : 'G',
    semidefinite: kind === 'gaussNewton',
    op: kind === 'hessian' ? hessianOf(objective) : gaussNewtonOf(objective),
    parameters: objective.parameters,
    perSample: (vectors, signal) => objective.curvatures(kind, vectors, { signal }),
  };
}

export interface SpectrumRequest extends Pick<
  ResolvedOptions,
  'effort' | 'seed' | 'lanczosSteps' | 'extremeSteps' | 'probes'
> {
  top: number;
  bottom: number;
  /** For Krylov vectors. */
  basisBytes: number;
  /** Relative error of products beyond float32, where the device was let round them. Default 0. */
  productError?: number;
}

export interface SpectrumHooks {
  signal?: AbortSignal;
  onProgress?: StageReport;
  /** What is known so far: density first, then the ends, then the trace. */
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
 * As many eigenpairs as were asked for by number or by a direction's name.
 * @param basisBytes what a Krylov basis may take
 */
export function spectrumRequest(options: ResolvedOptions, basisBytes: number): SpectrumRequest {
  const drawn = drawnEigenvectors(options);
  const [top, bottom] = [Math.max(options.top, drawn.top), Math.max(options.bottom, drawn.bottom)];
  return { ...options, top, bottom, basisBytes };
}
