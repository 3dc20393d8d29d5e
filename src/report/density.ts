import type { Quadrature, SpectralDensity } from './sections/density';

export type { Quadrature };

export interface DensityOptions {
  /** Kernel width in units of λ; by default the range of all nodes divided by the number of nodes per probe. */
  sigma?: number;
  /** Number of grid points; 1024 by default. */
  points?: number;
}

/** Reach of the kernel, in kernel widths. A normal kernel has all but 6e-7 of its mass within five widths. */
const REACH = 5;

/**
 * Computes the spectral density of a symmetric operator from the quadratures of m probes:
 *   p(λ) = 1/m Σⱼ Σᵢ wᵢⱼ · N(λ; θᵢⱼ, σ²)
 * on a grid that extends 5σ beyond both ends. If the grid is coarser than σ/3, each point holds the average over its
 * cell instead, so that a narrow kernel never falls between two points and the density always integrates to 1.
 * @returns `lambda` and `density`, both [points], and the `sigma` that was used
 * @see Ghorbani, Krishnan & Xiao 2019, arXiv:1901.10159
 */
export function densityFromRitz(ritz: readonly Quadrature[], options: DensityOptions = {}): SpectralDensity {
  const { lambda, sigma, perProbe } = densityOfEach(ritz, options);
  return { lambda, density: lambda.map((_, i) => average(perProbe.map((p) => p[i]))), sigma };
}

/**
 * Computes the spectral density as `densityFromRitz` does, and its standard error over the probes, [points]; NaN for a
 * single probe. Probes are independent, so the error covers the randomness of the probes, but not the smoothing by σ.
 */
export function densityBand(
  ritz: readonly Quadrature[],
  options: DensityOptions = {},
): SpectralDensity & { standardError: number[] } {
  const { lambda, sigma, perProbe } = densityOfEach(ritz, options);
  const columns = lambda.map((_, i) => perProbe.map((p) => p[i]));
  return { lambda, density: columns.map(average), sigma, standardError: columns.map(standardErrorOf) };
}

/**
 * Estimates the fraction of the eigenvalues in [from, to], as the mean over probes of the weights there, with its
 * standard error. A node's whole weight counts where the node lies, so bounds inside a continuous bulk are resolved
 * only to one node spacing.
 */
export function massBetween(
  ritz: readonly Quadrature[],
  from: number,
  to: number,
): { value: number; standardError: number } {
  const masses = ritz.map(({ nodes, weights }) =>
    weights.reduce((mass, weight, i) => (nodes[i] >= from && nodes[i] <= to ? mass + weight : mass), 0),
  );
  return { value: average(masses), standardError: standardErrorOf(masses) };
}

function densityOfEach(ritz: readonly Quadrature[], options: DensityOptions) {
  const nodes = ritz.flatMap((probe) => probe.nodes);
  if (nodes.length === 0) throw new Error('A density needs at least one probe with one node.');
  const min = nodes.reduce((a, b) => Math.min(a, b));
  const max = nodes.reduce((a, b) => Math.max(a, b));
  const sigma = options.sigma ?? defaultSigma(min, max, Math.max(...ritz.map((probe) => probe.nodes.length)));
  if (!(sigma > 0)) throw new Error(`The kernel width must be positive, not ${sigma}.`);
  const points = Math.max(8, Math.round(options.points ?? 1024));
  // The padding has at least two cells, since a kernel narrower than a cell must not lie in the last cell, which counts
  // only half.
  const padding = Math.max(REACH * sigma, (2 * (max - min)) / (points - 5));
  const start = min - padding;
  const spacing = (max - min + 2 * padding) / (points - 1);
  const lambda = Array.from({ length: points }, (_, i) => start + i * spacing);
  return { lambda, sigma, perProbe: ritz.map((probe) => densityOfOne(probe, lambda, spacing, sigma)) };
}

/** Returns one node spacing of a probe. For a spectrum of a single point, returns a hundredth of its magnitude. */
function defaultSigma(min: number, max: number, nodesPerProbe: number): number {
  return (max - min) / nodesPerProbe || Math.max(Math.abs(min), Math.abs(max)) / 100 || 1;
}

function densityOfOne(probe: Quadrature, lambda: readonly number[], spacing: number, sigma: number): Float64Array {
  const density = new Float64Array(lambda.length);
  const averaged = spacing > sigma / 3;
  const reach = REACH * sigma * 1.5 + spacing;
  probe.nodes.forEach((node, i) => {
    const first = Math.max(0, Math.ceil((node - reach - lambda[0]) / spacing));
    const last = Math.min(lambda.length - 1, Math.floor((node + reach - lambda[0]) / spacing));
    for (let k = first; k <= last; k++) {
      const x = (lambda[k] - node) / sigma;
      const half = spacing / (2 * sigma);
      const kernel = averaged ? (normalCdf(x + half) - normalCdf(x - half)) / spacing : normalPdf(x) / sigma;
      density[k] = density[k] + probe.weights[i] * kernel;
    }
  });
  return density;
}

function normalPdf(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** Computes Φ(x) with an absolute error of at most 8e-8. @see Abramowitz & Stegun 1964, formula 26.2.17 */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    normalPdf(x) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function standardErrorOf(values: readonly number[]): number {
  const centre = average(values);
  const squares = values.reduce((total, value) => total + (value - centre) ** 2, 0);
  return values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1) / values.length);
}
