import { mean, standardError } from '../numerics/statistics';
import { dot } from '../numerics/vectors';
import type { Estimate, Outliers, SpectralSummary } from '../report/curvature';
import type { Quadrature } from '../report/density';
import type { KnownPair } from './eigenpair';
import { truncated } from './truncated';

/** A spectrum, estimated from probes and a few known pairs. */
export interface SampledSpectrum {
  dim: number;
  /** One per probe. */
  ritz: readonly Quadrature[];
  /** Known eigenvalues, with (xₖᵀzⱼ)² for each probe zⱼ, E zzᵀ = I: how much of the pair each probe happened to see. */
  known: readonly { value: number; seen: readonly number[] }[];
  /** True if the single quadrature holds every eigenvalue. */
  exact: boolean;
  /** True for a matrix without negative eigenvalues: a value below zero is rounding and counts as zero. */
  semidefinite?: boolean;
}

/** How much of each pair the probes saw. */
export function knownTo(
  eigenpairs: readonly KnownPair[],
  probes: number,
  probe: (index: number) => Float32Array,
): SampledSpectrum['known'] {
  const seen = eigenpairs.map(() => new Array<number>(probes).fill(0));
  for (let j = 0; j < probes; j++) {
    const z = probe(j);
    eigenpairs.forEach(({ vector }, k) => (seen[k][j] = dot(vector, z) ** 2));
  }
  return eigenpairs.map(({ value }, k) => ({ value, seen: seen[k] }));
}

/**
 * tr f(H) = Σ f(λᵢ) for a polynomial f of low degree, for which the quadratures are exact:
 *   1/m Σⱼ [ dim·Σᵢ wᵢⱼ f(θᵢⱼ) − Σₖ f(λₖ)·((xₖᵀzⱼ)² − 1) ]
 * The second sum has mean zero and removes the variance of the known pairs, as in `hutchinsonTrace`.
 * @returns the estimate with its standard error over probes: 0 where exact, NaN for a single probe
 */
export function spectralSum(sampled: SampledSpectrum, f: (lambda: number) => number): Required<Estimate> {
  const sums = sampled.ritz.map((probe, j) => sumOf(sampled, f, probe, j));
  return { value: mean(sums), standardError: sampled.exact ? 0 : standardError(sums) };
}

/**
 * tr f(H) for an increasing f that is not a polynomial. A quadrature does not determine how the weight of a node is
 * spread between its neighbours, only that (Chebyshev, Markov, Stieltjes)
 *   Σ wᵢ f(θᵢ₋₁) ≤ ∫ f dμ ≤ Σ wᵢ f(θᵢ₊₁)
 * Half of that width bounds the error of the middle. If the value hardly moves as the runs grow, three times its last
 * movement (from ¾ of the steps to all) is a closer estimate and is used instead. The error over probes is added to it.
 * @see Golub & Meurant 2010, Matrices, Moments and Quadrature, section 6.6
 */
export function risingSum(sampled: SampledSpectrum, f: (lambda: number) => number): Required<Estimate> {
  const { ritz, dim, exact } = sampled;
  const { value, standardError: chance } = spectralSum(sampled, f);
  if (exact) return { value, standardError: 0 };
  const bounds = ritz.map(({ nodes, weights }) =>
    weights.reduce(
      ([low, high], weight, i) => [
        low + dim * weight * f(nodes[i - 1] ?? nodes[0]),
        high + dim * weight * f(nodes[i + 1] ?? nodes[nodes.length - 1]),
      ],
      [0, 0],
    ),
  );
  const width = mean(bounds.map(([low, high]) => (high! - low!) / 2));
  const shorter = ritz.map((probe, j) =>
    sumOf(sampled, f, truncated(probe, Math.ceil(EARLIER * probe.nodes.length)), j),
  );
  const movement = CREEP * Math.abs(value - mean(shorter));
  return { value, standardError: Math.hypot(chance, Math.min(width, movement)) };
}

/**
 * Number of eigenvalues in [from, to]: the middle between the proven and the possible number. The weight of the nodes next
 * to an end of the interval may lie inside or outside (Chebyshev, Markov, Stieltjes).
 */
function countBetween({ ritz, dim, exact, known }: SampledSpectrum, from: number, to: number): Required<Estimate> {
  const inside = (x: number) => (x >= from && x <= to ? 1 : 0);
  const counts = ritz.map((probe, j) => {
    const drawn = sumOf({ dim, known }, inside, probe, j);
    if (exact) return { low: drawn, high: drawn };
    const { nodes, weights } = probe;
    const beside = new Set(
      [from, to].filter(Number.isFinite).flatMap((end) => {
        const above = nodes.findIndex((node) => node >= end);
        return above < 0 ? [nodes.length - 1] : [above - 1, above];
      }),
    );
    const unsure = (side: 0 | 1) =>
      dim * weights.reduce((sum, weight, i) => (beside.has(i) && inside(nodes[i]) === side ? sum + weight : sum), 0);
    return { low: Math.max(0, drawn - unsure(1)), high: Math.min(dim, drawn + unsure(0)) };
  });
  const [low, high] = [mean(counts.map((count) => count.low)), mean(counts.map((count) => count.high))];
  if (exact) return { value: low, standardError: 0 };
  const chance = standardError(counts.map((count) => (count.low + count.high) / 2));
  return { value: (low + high) / 2, standardError: Math.hypot(chance, (high - low) / 2) };
}

const EARLIER = 0.75;
const CREEP = 3;

function sumOf(
  { dim, known }: Pick<SampledSpectrum, 'dim' | 'known'>,
  f: (x: number) => number,
  { nodes, weights }: Quadrature,
  j: number,
) {
  const drawn = dim * nodes.reduce((total, node, i) => total + weights[i] * f(node), 0);
  return known.reduce((total, { value, seen }) => total - f(value) * (seen[j] - 1), drawn);
}

/** c of the effective rank, relative to λ_max. Flatter directions hardly move at a stable learning rate. */
const RELATIVE_CURVATURE = 1e-3;

/** The sums that a report gives. `ritzValues` with their residuals are those of the longest run. */
export function summarize(
  sampled: SampledSpectrum,
  { noiseFloor, ritzValues }: { noiseFloor: number; ritzValues: readonly RitzValue[] },
): SpectralSummary {
  const { dim } = sampled;
  const square = spectralSum(sampled, (x) => x * x);
  const frobenius = Math.sqrt(Math.max(0, square.value));
  const largest = ritzValues.reduce((most, { value }) => Math.max(most, value), 0);
  const c = RELATIVE_CURVATURE * largest;
  const near = countBetween(sampled, sampled.semidefinite ? -Infinity : -noiseFloor, noiseFloor);
  const rank = spectralSum(sampled, (x) => (x > 0 ? x / (x + c) : 0));
  const negative = sampled.semidefinite
    ? { value: 0, standardError: 0 }
    : countBetween(sampled, -Infinity, -noiseFloor);
  return {
    frobenius: told(frobenius, frobenius > 0 ? square.standardError / (2 * frobenius) : 0),
    effectiveRank: { ...told(Math.min(dim, Math.max(0, rank.value)), rank.standardError), c },
    nearZero: { ...told(near.value / dim, near.standardError / dim), bound: noiseFloor },
    negative: told(negative.value, negative.standardError),
    outliers: outliersOf(sampled.ritz, ritzValues),
  };
}

/** In the form of the report, without the errors that a single probe cannot give. */
function told(value: number, error: number): Estimate {
  return Number.isNaN(error) ? { value } : { value, standardError: error };
}

export interface RitzValue {
  value: number;
  residual: number;
}

const OUTLIER = 5;
/** The first round uses all values, the second omits those beyond the first bound. More rounds would consume a heavy tail from its top. */
const ROUNDS = 2;
/** A Ritz value with a larger relative residual has not converged and does not yet represent an eigenvalue. */
const RESOLVED = 0.1;

/**
 * Outliers: eigenvalues beyond five root mean squares of the others. The bulk's mean square is read off the quadratures,
 *   Σ wᵢ θᵢ² / Σ wᵢ  over |θᵢ| ≤ bound,
 * and is computed a second time without the values beyond the first bound, so that outliers do not widen their own
 * bound.
 */
export function outliersOf(ritz: readonly Quadrature[], ritzValues: readonly RitzValue[]): Outliers {
  let bound = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    let [mass, square] = [0, 0];
    for (const { nodes, weights } of ritz) {
      nodes.forEach((node, i) => {
        if (Math.abs(node) > bound) return;
        mass += weights[i];
        square += weights[i] * node * node;
      });
    }
    const next = OUTLIER * Math.sqrt(square / mass);
    bound = Math.min(bound, next);
  }
  const beyond = ritzValues.filter(({ value }) => Math.abs(value) > bound);
  const resolved = beyond.filter(({ value, residual }) => residual <= RESOLVED * Math.abs(value));
  return {
    values: resolved.map(({ value }) => value).sort((a, b) => Math.abs(b) - Math.abs(a)),
    bound,
    complete: resolved.length === beyond.length,
  };
}
