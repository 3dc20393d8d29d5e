import { formatNumber, formatCompact } from '../text/numbers';
import type { WithError, Measurements } from './measurements';

type Quadrature = Measurements['quadratures'][number];

/** The ratio of the largest curvature to a typical one. */
export interface Spread {
  kind:
    'condition number' | 'λ_max / median |λ|' | 'λ_max / median |λ|, at least' | 'λ_max / mean curvature of the rest';
  ratio: WithError;
  /** Bounds of the ratio. */
  lower: number;
  upper: number;
  /** The ratio in words, with its error. */
  words: string;
  /** The directions that converge last, in words. */
  slow: string;
  /** Share of the eigenvalues above a tenth of λ_max. */
  outliers: WithError | null;
}

type Read = Pick<Measurements, 'extremes'> & Partial<Pick<Measurements, 'quadratures' | 'trace' | 'dim'>>;

/**
 * Returns the first of three ratios that the measurements allow: λ_max/λ_min if every eigenvalue is known and positive;
 * λ_max over the median |λ|, or a bound of it from the quadratures; λ_max over the mean of the eigenvalues outside the
 * top, from the trace. Returns null if none is available.
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
      ? `condition number κ = λ_max/λ_min = ${formatCompact(value, error)}`
      : `condition number κ = λ_max/λ_min about ${formatNumber(value, 3)}, and at least ${formatNumber(lower, 3)} (λ_min is within float32 noise of zero)`,
    slow: 'flattest direction',
    outliers: null,
  };
}

function overMedian({ extremes, quadratures }: Read): Spread | null {
  const { max, noiseFloor, exact } = extremes;
  if (!quadratures?.length) return null;
  const highest = max.value - max.error;
  const ratios = quadratures.map(
    (probe) => highest / Math.max(exact ? medianSize(probe) : medianBound(probe), noiseFloor),
  );
  const ratio = estimateOf(ratios);
  const lower = Math.min(...ratios);
  // Within float32 noise of zero only a bound is known, and a quadrature gives no other.
  const bounded = !exact || lower >= highest / noiseFloor;
  const sharpest = `λ_max = ${formatCompact(max.value, max.error)}`;
  return {
    kind: bounded ? 'λ_max / median |λ|, at least' : 'λ_max / median |λ|',
    ratio,
    lower,
    upper: bounded ? Infinity : (max.value + max.error) / Math.max(0, max.value / ratio.value - noiseFloor),
    words: bounded
      ? ratio.value > 1
        ? `half of all directions are at least ${formatNumber(ratio.value, 3)} times flatter than the sharpest one (${sharpest})`
        : `as far as is known, half of all directions may be as steep as the sharpest one (${sharpest})`
      : `half of all directions are ${formatNumber(ratio.value, 3)} times flatter than the sharpest one (${sharpest}), or more`,
    slow: 'median direction',
    outliers: estimateOf(
      quadratures.map(({ nodes, weights }) =>
        weights.reduce((sum, weight, i) => (nodes[i] > max.value / 10 ? sum + weight : sum), 0),
      ),
    ),
  };
}

/**
 * Excludes the known top eigenvalues from the mean. They can hold the whole trace, but the other directions are slow.
 */
function overMean({ extremes: { max, top }, trace, dim }: Read): Spread | null {
  const rest = (dim ?? 0) - top.length;
  if (!trace || rest <= 0) return null;
  const mean = (trace.value - top.reduce((sum, value) => sum + value, 0)) / rest;
  // If signs cancel or the sum is below its error, only a bound is known.
  const highest = mean + (2 * trace.error) / rest;
  if (!(highest > 0)) return null;
  const lower = (max.value - max.error) / highest;
  const value = mean > 0 ? max.value / mean : lower;
  return {
    kind: 'λ_max / mean curvature of the rest',
    ratio: { value, error: mean > 0 ? value - lower : Infinity },
    lower,
    // A mean does not bound the ratio from above, because most other directions may be far flatter.
    upper: Infinity,
    words: `λ_max = ${formatCompact(max.value, max.error)} is ${mean > 0 ? formatNumber(value, 3) : `at least ${formatNumber(lower, 3)}`} times the mean curvature outside the top ${top.length}`,
    slow: 'average direction',
    outliers: null,
  };
}

/** Returns the median |λ| of a spectrum in which every eigenvalue is a node. */
function medianSize({ nodes, weights }: Quadrature): number {
  const sizes = nodes.map((node, i) => ({ size: Math.abs(node), weight: weights[i] })).sort((a, b) => a.size - b.size);
  let below = 0;
  for (const { size, weight } of sizes) {
    below += weight;
    if (below >= 0.5) return size;
  }
  return Infinity;
}

/**
 * Bounds the median |λ| from above with a Gauss quadrature with nodes θ₁ < … < θₘ and weights wᵢ. The distribution
 * function F of the spectrum satisfies
 *   Σ_{j<i} wⱼ ≤ F(θᵢ) ≤ Σ_{j≤i} wⱼ   (Chebyshev, Markov, Stieltjes),
 * so F(x) − F(−x) ≥ ½ is proven as soon as whole nodes inside (−x, x) carry half the weight. A node near zero may stand
 * for a broad bulk: taking it for the median itself would be off by orders of magnitude in both directions.
 * @see Golub & Meurant 2010, Matrices, Moments and Quadrature, section 6.6
 */
function medianBound({ nodes, weights }: Quadrature): number {
  const order = nodes.map((_, i) => i).sort((a, b) => nodes[a] - nodes[b]);
  const reach = order.map((i) => Math.abs(nodes[i])).sort((a, b) => a - b);
  for (const x of reach) {
    // F(x) counts the nodes below the last one up to x; F(−x) may count the first node from −x on.
    const inside = order.filter((i) => nodes[i] >= -x && nodes[i] <= x);
    const carried = inside.slice(1, -1).reduce((sum, i) => sum + weights[i], 0);
    if (carried >= 0.5) return x;
  }
  return Infinity;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function estimateOf(values: readonly number[]): WithError {
  const value = average(values);
  const spread = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, error: values.length > 1 ? Math.sqrt(spread / (values.length - 1) / values.length) : 0 };
}
