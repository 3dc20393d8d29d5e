import { counted, figureWithError, figure } from './figure';
import type { Estimate, Measurements } from './measurements';

/** How far the sharpest curvature stands above the typical one. */
export interface Spread {
  kind: 'condition number' | 'λ_max / median positive curvature' | 'λ_max / mean curvature';
  ratio: Estimate;
  /** The ratio is at least and at most this much. */
  lower: number;
  upper: number;
  /** The ratio in words, with its error. */
  words: string;
  /** The directions that converge last, in words. */
  slow: string;
  /** Share of the eigenvalues above a tenth of λ_max. */
  outliers: Estimate | null;
}

type Read = Pick<Measurements, 'extremes'> & Partial<Pick<Measurements, 'quadratures' | 'trace' | 'dim'>>;

/**
 * The best of three ratios that the measurements allow: λ_max/λ_min where every eigenvalue is known and positive;
 * λ_max over the median positive curvature from the quadratures; λ_max over the mean eigenvalue tr H/dim.
 * null where none can be had.
 */
export function curvatureSpread(read: Read): Spread | null {
  return conditionNumber(read) ?? overMedian(read) ?? overMean(read);
}

function conditionNumber({ extremes: { max, min, exact } }: Read): Spread | null {
  if (!exact || !(min.value > 0)) return null;
  const value = max.value / min.value;
  const upper = min.value > min.error ? (max.value + max.error) / (min.value - min.error) : Infinity;
  const lower = (max.value - max.error) / (min.value + min.error);
  const error = Math.max(upper - value, value - lower);
  return {
    kind: 'condition number',
    ratio: { value, error },
    lower,
    upper,
    words: Number.isFinite(error)
      ? `condition number κ = λ_max/λ_min = ${figureWithError(value, error)}`
      : `condition number κ = λ_max/λ_min about ${figure(value)}, and at least ${figure(lower)} (λ_min is within float32 noise of zero)`,
    slow: 'flattest direction',
    outliers: null,
  };
}

function overMedian({ extremes, quadratures }: Read): Spread | null {
  const { max, noiseFloor } = extremes;
  if (!quadratures) return null;
  const medians = quadratures.map((probe) => medianPositive(probe, noiseFloor)).filter((median) => median !== null);
  if (medians.length === 0) return null;
  const middle = mean(medians);
  const outliers = estimateOf(
    quadratures.map(({ nodes, weights }) =>
      weights.reduce((sum, weight, i) => (nodes[i]! > max.value / 10 ? sum + weight : sum), 0),
    ),
  );
  const kind = 'λ_max / median positive curvature';
  const slow = 'median direction';
  // Half of the positive curvature is not above the noise: then only a bound can be given.
  if (middle <= noiseFloor) {
    const lower = (max.value - max.error) / noiseFloor;
    const words = `most directions are flat within float32 noise: λ_max = ${figureWithError(max.value, max.error)} is at least ${figure(lower)} times the median positive curvature`;
    return { kind, ratio: { value: lower, error: Infinity }, lower, upper: Infinity, words, slow, outliers };
  }
  const value = max.value / middle;
  const spread = medians.length > 1 ? Math.max(...medians) - Math.min(...medians) : 0;
  const lower = (max.value - max.error) / (middle + spread + noiseFloor);
  const upper = middle - spread > noiseFloor ? (max.value + max.error) / (middle - spread - noiseFloor) : Infinity;
  const error = Math.max(value - lower, upper - value);
  const words = `λ_max = ${figureWithError(max.value, max.error)} is ${figure(value)} times the median positive curvature (${probes(quadratures.length, extremes.exact)})`;
  return { kind, ratio: { value, error }, lower, upper, words, slow, outliers };
}

function overMean({ extremes: { max }, trace, dim }: Read): Spread | null {
  if (!trace || !dim || !(trace.value > 2 * trace.error)) return null;
  const value = (max.value * dim) / trace.value;
  const lower = ((max.value - max.error) * dim) / (trace.value + 2 * trace.error);
  const upper = ((max.value + max.error) * dim) / (trace.value - 2 * trace.error);
  const words = `λ_max = ${figureWithError(max.value, max.error)} is ${figure(value)} times the mean curvature tr H/dim`;
  const error = Math.max(upper - value, value - lower);
  return {
    kind: 'λ_max / mean curvature',
    ratio: { value, error },
    lower,
    upper,
    words,
    slow: 'average direction',
    outliers: null,
  };
}

/** Weighted median of the nodes that are not certainly negative; nodes inside the noise count as flat. */
function medianPositive(
  { nodes, weights }: { nodes: readonly number[]; weights: readonly number[] },
  noise: number,
): number | null {
  const positive = nodes
    .map((node, i) => ({ node, weight: weights[i]! }))
    .filter(({ node }) => node > 0 || Math.abs(node) <= noise)
    .sort((a, b) => a.node - b.node);
  const half = positive.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (const { node, weight } of positive) {
    below += weight;
    if (below >= half) return Math.max(0, node);
  }
  return null;
}

function probes(count: number, exact: boolean): string {
  return exact ? 'all eigenvalues known' : `Lanczos quadrature, ${counted(count, 'probe')}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function estimateOf(values: readonly number[]): Estimate {
  const value = mean(values);
  const spread = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, error: values.length > 1 ? Math.sqrt(spread / (values.length - 1) / values.length) : 0 };
}
