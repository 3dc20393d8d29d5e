import { mean, standardError, studentQuantile } from '../numerics/statistics';
import { axpy, dot, norm } from '../numerics/vectors';
import type { Check, Estimate } from '../report/curvature';
import type { TraceEstimate } from '../report/report';
import { curvatureOf, slopeOf } from './finiteDifferences';
import type { Curve, Difference } from './finiteDifferences';

/*
 * Each check holds two ways to one number against each other and states how far they disagree, and how far rounding and
 * differencing alone could take them apart.
 */

/**
 * Relative disagreement of two float32 computations that is nobody's fault: a hundred roundings of 2⁻²⁴, because sums
 * over batch and layers round many times and in different order.
 */
export const ROUNDING = 100 * 2 ** -24;
/**
 * Terms below the smallest normal float32, 2⁻¹²⁶ = 1.2e-38, are flushed to zero or kept with a few bits, whatever the
 * rounding: in each entry of a gradient or product as many of them as ROUNDING counts.
 */
const FLUSHED = 100 * 2 ** -126;

/** ⟨d, v⟩ by what was flushed from v: at most FLUSHED · Σ|dᵢ| ≤ FLUSHED · √dim · ‖d‖. */
export const flushedAlong = (d: Float32Array): number => FLUSHED * Math.sqrt(d.length) * norm(d);

/** ‖v‖ by what was flushed from v. */
export const flushedLength = (v: Float32Array): number => FLUSHED * Math.sqrt(v.length);

/** A finite difference may be off by this many of its own estimated errors. */
const TRUST = 5;
/** Two estimates over probes may be so far apart that it happens once in 15,000 analyses by chance: beyond four sigmas. */
const BEYOND_SIGMAS = 6.334e-5;

/** NaN disagrees with everything, and must not pass. */
export function check(name: string, value: number, limit: number, detail: string): Check {
  return { name, value, limit, passed: value <= limit, detail };
}

/** gᵀd against central differences of the loss along d. */
export function slopeCheck(name: string, curve: Curve, g: Float32Array, d: Float32Array): Check {
  return difference(name, slopeOf(curve), dot(g, d), ROUNDING * norm(g) * norm(d) + flushedAlong(d), 'gᵀd');
}

/** dᵀHd against second differences of the loss along d. */
export function curvatureCheck(name: string, curve: Curve, d: Float32Array, hd: Float32Array): Check {
  return difference(name, curvatureOf(curve), dot(d, hd), ROUNDING * norm(hd) * norm(d) + flushedAlong(d), 'dᵀHd');
}

function difference(name: string, found: Difference, exact: number, rounding: number, symbol: string): Check {
  const detail = `${symbol} ${short(exact)}, finite differences ${short(found.value)} ± ${found.error.toExponential(1)}`;
  return check(name, Math.abs(found.value - exact), TRUST * found.error + rounding, detail);
}

/** uᵀHv = vᵀHu, which is also what an adjoint must obey. */
export function symmetryCheck(name: string, [u, v]: Pair, [hu, hv]: Pair): Check {
  const [left, right] = [dot(u, hv), dot(v, hu)];
  const size = norm(u) * norm(hv) + norm(v) * norm(hu);
  const limit = ROUNDING * size + flushedAlong(u) + flushedAlong(v);
  return check(name, Math.abs(left - right), limit, `${short(left)} against ${short(right)}`);
}

type Pair = readonly [Float32Array, Float32Array];

/**
 * dᵀHd by reverse mode (product) against the mean over samples of dᵀHᵢd by forward mode alone.
 * @param perSample dᵀHᵢd, [samples]
 */
export function forwardCheck(name: string, d: Float32Array, hd: Float32Array, perSample: Float64Array): Check {
  const [reverse, forward] = [dot(d, hd), mean(Array.from(perSample))];
  // Samples of either sign cancel in the mean, and each carries rounding of its own size.
  const size = perSample.reduce((sum, value) => sum + Math.abs(value), 0) / perSample.length;
  const limit = ROUNDING * (norm(d) * norm(hd) + size) + flushedAlong(d);
  return check(
    name,
    Math.abs(reverse - forward),
    limit,
    `dᵀHd ${short(reverse)}, forward over forward ${short(forward)}`,
  );
}

/** The same vector computed twice. */
export function repetitionCheck(name: string, first: Float32Array, again: Float32Array, what: string): Check {
  const off = Float32Array.from(again);
  axpy(-1, first, off);
  const size = norm(first);
  return check(name, norm(off), ROUNDING * size + flushedLength(first), `${what} twice, of size ${short(size)}`);
}

/** The same number computed twice. */
export function sameNumberCheck(name: string, first: number, again: number): Check {
  const detail = `${short(first)}, then ${short(again)}`;
  return check(name, Math.abs(first - again), ROUNDING * Math.abs(first), detail);
}

/**
 * Two means of independent values from one distribution, by a pooled t-test: of two or three probes the spread itself is
 * hardly known, and four of their own standard errors are exceeded in one of six cases.
 */
export function meansCheck(name: string, a: TraceEstimate, b: TraceEstimate): Check {
  const show = ({ value, standardError: error }: TraceEstimate) => `${short(value)} ± ${error.toExponential(1)}`;
  const squares = ({ standardError: error, probes }: TraceEstimate) =>
    probes > 1 ? (probes - 1) * probes * error ** 2 : 0;
  const dof = a.probes + b.probes - 2;
  const error = Math.sqrt(((squares(a) + squares(b)) / dof) * (1 / a.probes + 1 / b.probes));
  const limit = studentQuantile(BEYOND_SIGMAS, dof) * error;
  return check(name, Math.abs(a.value - b.value), limit, `${show(a)} against ${show(b)}`);
}

/** Mean over samples with its standard error: the jackknife of a mean. */
export function overSamples(values: Float64Array): Estimate {
  const list = Array.from(values);
  return { value: mean(list), standardError: standardError(list) };
}

export function short(value: number): string {
  return value.toPrecision(6);
}
