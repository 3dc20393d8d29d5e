import { densityBand } from '../../src/report/density';
import type { Quadrature } from '../../src/report/sections/density';
import type { SpectralDensity } from '../../src/report/report';

/** The fields of a spectrum from which its density is drawn, common to both matrices. */
export interface DensitySource {
  density?: SpectralDensity;
  ritz?: Quadrature[];
  all?: number[];
}

/** The density as drawn. On a log axis the curve has a gap where the density is below `floor`. */
export interface DrawnDensity {
  lambda: readonly number[];
  density: readonly number[];
  /** Standard error over the probes, where there were several. */
  standardError?: readonly number[];
  sigma: number;
  floor: number;
}

/** The narrowest and the widest kernel on the slider, as fractions of the spectrum's range. */
export const SIGMA_RANGE = { min: 1e-4, max: 0.1 } as const;

/**
 * Computes the density at a kernel width from the saved quadratures. A report without them has only the density at the
 * recorded width, which is then returned.
 * @param sigma kernel width in units of λ; null for the recorded width
 * @param dim number of parameters; the floor lies a decade below the peak of a single eigenvalue, 1/(dim·σ·√2π)
 */
export function drawnDensity(source: DensitySource, sigma: number | null, dim: number): DrawnDensity | null {
  const ritz = quadratures(source);
  const wanted = sigma ?? source.density?.sigma;
  const curve = ritz.length > 0 ? densityBand(ritz, { sigma: wanted, points: 1200 }) : source.density;
  if (!curve) return null;
  const peak = curve.density.reduce((a, b) => Math.max(a, b), 0);
  const single = 1 / (Math.max(dim, 1) * curve.sigma * Math.sqrt(2 * Math.PI));
  const floor = 10 ** Math.floor(Math.log10(Math.max(single / 10, peak * 1e-12) || 1e-12));
  return { ...curve, floor };
}

/** Tells whether the report has the quadratures, from which the density can be drawn at any kernel width. */
export function canSmooth(source: DensitySource): boolean {
  return quadratures(source).length > 0 && ritzRange(source) > 0;
}

export function ritzRange(source: DensitySource): number {
  const nodes = quadratures(source).flatMap((probe) => probe.nodes);
  return nodes.reduce((a, b) => Math.max(a, b), -Infinity) - nodes.reduce((a, b) => Math.min(a, b), Infinity);
}

/** Returns the quadratures of the density. When every eigenvalue is known, the eigenvalues are the one quadrature. */
export function quadratures({ ritz, all }: DensitySource): Quadrature[] {
  if (all && all.length > 0) return [{ nodes: all, weights: all.map(() => 1 / all.length) }];
  return ritz?.filter(({ nodes }) => nodes.length > 0) ?? [];
}
