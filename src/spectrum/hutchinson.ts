import { rademacherVector, random } from '../numerics/random';
import { mean, standardError } from '../numerics/statistics';
import { dot } from '../numerics/vectors';
import type { TraceEstimate } from '../report/report';
import type { KnownPair } from './eigenpair';
import { PartMoments } from './partMoments';
import type { ParameterPart } from './partMoments';
import { applyChecked } from './operator';
import type { SymmetricOperator } from './operator';

export interface HutchinsonOptions {
  seed: number;
  /** Stop when the standard error is below this fraction of |trace|. Default 0.02. */
  relativeError?: number;
  /** A standard error is reliable only from some values on. Default 10. */
  minProbes?: number;
  /** Default 200. */
  maxProbes?: number;
  /** Probes per call of the operator. Default: as many as the operator takes, else 8. */
  blockSize?: number;
  /** Parts whose curvature to estimate from the same products. */
  parts?: readonly ParameterPart[];
  /** Whether to keep the diagonal itself: two float64 vectors. */
  keepDiagonal?: boolean;
  /** zᵀHz of earlier, independent probes (`Slq.moments`), which the estimate includes. */
  known?: readonly number[];
  /** The earlier probes themselves (`slqProbe`), so that `eigenpairs` also reduce their variance. */
  knownProbe?: (index: number) => Float32Array;
  /** Converged eigenpairs, whose known share of the trace needs no estimate. */
  eigenpairs?: readonly KnownPair[];
  signal?: AbortSignal;
  onProbes?: (estimate: TraceEstimate) => void;
}

export interface HutchinsonTrace extends TraceEstimate {
  products: number;
  /** Frobenius norm, parts and diagonal, from the probes of this run alone. */
  moments: PartMoments;
  /** The trace from the probes of this run alone, independent of `known`; null where there are fewer than two. */
  own: TraceEstimate | null;
  /** The same from `known` alone. */
  given: TraceEstimate | null;
}

/**
 * Trace by Hutchinson's estimator with Rademacher probes,
 *   tr H ≈ 1/m Σⱼ zⱼᵀHzⱼ,  Var zᵀHz = 2·(‖H‖_F² − Σᵢ Hᵢᵢ²),
 * It adds probes until the standard error of the mean is small enough, because a running mean may settle long before it
 * is right.
 * Known eigenpairs (θₖ, xₖ) reduce the variance at the cost of a few dot products:
 *   zᵀHz − Σₖ θₖ·((xₖᵀz)² − 1)
 * has the same mean, since E (xₖᵀz)² = ‖xₖ‖² = 1, and the variance of H without them. Networks have a few outliers
 * far above the bulk, so several times fewer probes suffice (the idea of Hutch++, with vectors that are known already).
 * Cost: one product per probe. The estimate with maxProbes is returned with whatever standard error it has.
 * @throws NonFiniteError naming the probe
 * @see Hutchinson 1990, Commun. Stat. Simul. Comput. 19; Meyer, Musco, Musco & Woodruff 2021, arXiv:2010.09649
 */
export async function hutchinsonTrace(op: SymmetricOperator, options: HutchinsonOptions): Promise<HutchinsonTrace> {
  const { seed, relativeError = 0.02, minProbes = 10, maxProbes = 200, blockSize = op.block ?? 8, signal } = options;
  const { known = [], knownProbe, eigenpairs = [], parts = [], keepDiagonal = false } = options;
  const moments = known.map((moment, k) =>
    knownProbe ? moment - surplus(knownProbe(k), eigenpairs).reduce((a, b) => a + b, 0) : moment,
  );
  const collected = new PartMoments(parts, op.dim, eigenpairs, keepDiagonal);
  let products = 0;
  let estimate = estimateTrace(moments);
  const isGood = () =>
    estimate.probes >= minProbes && estimate.standardError <= relativeError * Math.abs(estimate.value);
  while (products < maxProbes && !isGood()) {
    const first = products;
    const probes = Array.from({ length: Math.min(blockSize, maxProbes - products) }, (_, k) =>
      traceProbe(op.dim, seed, first + k),
    );
    const images = await applyChecked(op, probes, (k) => `trace probe ${first + k + 1}`, signal);
    images.forEach((image, k) => moments.push(collected.add(probes[k], image)));
    products += probes.length;
    estimate = estimateTrace(moments);
    options.onProbes?.(estimate);
  }
  const own = moments.slice(known.length);
  const estimated = (of: readonly number[]) => (of.length > 1 ? estimateTrace(of) : null);
  return {
    ...estimate,
    products,
    moments: collected,
    given: estimated(moments.slice(0, known.length)),
    own: estimated(own),
  };
}

/** The probe of this index: signs ±1, independent of the probes of a density. */
export function traceProbe(dim: number, seed: number, index: number): Float32Array {
  return rademacherVector(dim, random(seed, 'hutchinson', index));
}

/** Mean of the moments zᵀHz with its standard error. */
export function estimateTrace(moments: readonly number[]): TraceEstimate {
  return { value: mean(moments), standardError: standardError(moments), probes: moments.length };
}

/** θₖ·((xₖᵀz)² − 1) of each pair: mean zero. */
function surplus(z: Float32Array, eigenpairs: readonly KnownPair[]): number[] {
  return eigenpairs.map(({ value, vector }) => value * (dot(vector, z) ** 2 - 1));
}
