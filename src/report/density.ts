import type { SpectralDensity } from './report';

/** Quadrature nodes (Ritz values, ascending) and weights (squared first components, sum 1) of one probe. */
export interface Quadrature {
  nodes: number[];
  weights: number[];
}

export interface DensityOptions {
  /** Kernel width in units of λ; default: range of the nodes / number of nodes per probe. */
  sigma?: number;
  /** Grid points; default 1024, more where σ is too narrow for them. */
  points?: number;
}

export declare function densityFromRitz(ritz: readonly Quadrature[], options?: DensityOptions): SpectralDensity;
/** Density with the spread over probes: `standardError` [points], NaN for a single probe. */
export declare function densityBand(
  ritz: readonly Quadrature[],
  options?: DensityOptions,
): SpectralDensity & { standardError: number[] };
