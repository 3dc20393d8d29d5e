import { mean, standardError } from '../../numerics/statistics';
import { axpy, dot, norm } from '../../numerics/vectors';
import type { SampleCurvature } from '../../objective/objective';
import { stateOf } from '../../report/checkState';
import type { Check, Estimate } from '../../report/curvature';
import type { TraceEstimate } from '../../report/report';
import { formatMeasured, formatNumber } from '../../text/numbers';
import type { Difference } from './finiteDifferences';
import type { Stretch } from './stretch';
import { termsOf, termsOfDot } from './stretch';

/*
 * Each check computes one number in two ways. It reports how far the two results differ, and how far rounding and
 * finite differencing alone could make them differ.
 */

/**
 * Relative difference between two correct float32 computations that is acceptable: a hundred roundings of 2⁻²⁴. Sums
 * over the batch and the layers round many times and in different orders.
 */
export const ROUNDING = 100 * 2 ** -24;
/**
 * Absolute error of one entry of a gradient or product through underflow. Terms below the smallest normal float32,
 * 2⁻¹²⁶ = 1.2e-38, are flushed to zero or keep only a few bits. The bound assumes a hundred such terms, as ROUNDING
 * does.
 */
const FLUSHED = 100 * 2 ** -126;

/** Bounds the error of ⟨d, v⟩ through underflow in v: at most FLUSHED · Σ|dᵢ| ≤ FLUSHED · √dim · ‖d‖. */
export const flushedAlong = (d: Float32Array): number => FLUSHED * Math.sqrt(d.length) * norm(d);

/** Bounds the error of ‖v‖ through underflow in v. */
export const flushedLength = (v: Float32Array): number => FLUSHED * Math.sqrt(v.length);

/** A finite difference may deviate by this multiple of its own estimated error. */
const TRUST = 5;
/** A difference can judge a derivative if its error is at most this share of the mean |derivative| over the samples. */
const RESOLVED = 0.25;
/**
 * A difference can judge a derivative that is exactly zero for every sample if its error is at most this share of the
 * secant over a long step.
 */
const RESOLVED_ZERO = 0.05;

/** Makes a check that passes if `value` is at most `limit`. A NaN fails, because it compares false. */
export function check(name: string, value: number, limit: number, detail: string): Check {
  return { name, value, limit, passed: value <= limit, detail };
}

/** Makes a check that neither passes nor fails, because it could not have found a fault. Its detail begins with the reason. */
export function unjudged(name: string, value: number, limit: number, detail: string, why: string): Check {
  return { name, value, limit, passed: true, judged: false, detail: `${why}; ${detail}` };
}

/** Returns the mean of |x| over the samples. Rounding is relative to this size because samples of both signs cancel. */
export function meanSize(values: Float64Array): number {
  const size = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  return Number.isFinite(size) ? size : 0;
}

/**
 * Bounds the error of dᵀHd through rounding of float32 sums. With H = Jᵀ·D·J the product J·d has a relative error ε of
 * its terms, a = Σₜ √‖Hₜₜ‖·‖dₜ‖ in units of √λ, even if the terms cancel. Each sample and each tensor of H·d has an
 * error relative to its own size:
 *   ε·(Σₜ ‖dₜ‖·‖(Hd)ₜ‖ + s + a·√s) + ε²·a²,  s = meanᵢ|dᵀHᵢd|.
 */
export function productRounding(d: Float32Array, hd: Float32Array, size: number, stretch: Stretch): number {
  const terms = termsOf(stretch, d);
  const own = termsOfDot(stretch.parameters, d, hd) + size;
  return ROUNDING * (own + terms * Math.sqrt(size) + ROUNDING * terms ** 2) + flushedAlong(d);
}

/** A derivative along d that is checked. */
export interface Expected {
  symbol: string;
  value: number;
  /** The largest error that rounding may cause. */
  rounding: number;
  /** The mean over the samples of the derivative's absolute value. */
  size: number;
}

/**
 * Checks a derivative along d against finite differences of the loss. The check stays unjudged if the differences are
 * so coarse that a derivative of zero would pass too although the samples have nonzero derivatives.
 */
export function differenceCheck(name: string, found: Difference, expected: Expected): Check {
  const { symbol, value: exact, rounding } = expected;
  const value = Math.abs(found.value - exact);
  const limit = TRUST * found.error + rounding;
  const detail = `${symbol} ${short(exact)}, finite differences ${formatMeasured(found.value, found.error)}`;
  if (!Number.isFinite(exact)) return check(name, value, limit, detail);
  if (!Number.isFinite(found.value)) {
    return unjudged(name, value, limit, detail, 'differences of the loss settle on no number, however short the step');
  }
  const judged = check(name, value, limit, detail);
  const size = exact === 0 && expected.size === 0 ? RESOLVED_ZERO * found.secant : RESOLVED * expected.size;
  const tells = limit <= Math.max(Math.abs(exact), size) || (value === 0 && exact === 0);
  if (!judged.passed || tells) return judged;
  return unjudged(
    name,
    value,
    limit,
    detail,
    `rounding leaves differences of this loss good to ${formatNumber(limit, 2)} only`,
  );
}

/**
 * Checks that uᵀHv = vᵀHu. A correct adjoint satisfies this as well.
 * @param lossRounding error of the curvature along u and along v through rounding of the loss
 */
export function symmetryCheck(
  name: string,
  [u, v]: Pair,
  [hu, hv]: Pair,
  lossRounding: readonly [number, number] = [0, 0],
): Check {
  const [left, right] = [dot(u, hv), dot(v, hu)];
  const size = norm(u) * norm(hv) + norm(v) * norm(hu);
  const limit = ROUNDING * size + flushedAlong(u) + flushedAlong(v) + 2 * Math.sqrt(lossRounding[0] * lossRounding[1]);
  return check(name, Math.abs(left - right), limit, `${short(left)} against ${short(right)}`);
}

type Pair = readonly [Float32Array, Float32Array];

/**
 * Checks dᵀHd from a reverse-mode product against the mean over samples of dᵀHᵢd from forward mode alone.
 * @param symbol the name of the figure, where the matrix is not H
 */
export function forwardCheck(
  name: string,
  d: Float32Array,
  hd: Float32Array,
  { curvatures, lossRounding }: SampleCurvature,
  stretch: Stretch,
  symbol = 'dᵀHd',
): Check {
  const [reverse, forward] = [dot(d, hd), mean(Array.from(curvatures))];
  const rounding = productRounding(d, hd, meanSize(curvatures), stretch);
  const limit = rounding + (lossRounding?.curvature ?? 0);
  const detail = `${symbol} ${short(reverse)}, forward over forward ${short(forward)}`;
  const value = Math.abs(reverse - forward);
  if (Number.isFinite(reverse) && !Number.isFinite(forward)) {
    return unjudged(name, value, limit, detail, 'forward mode gives no number');
  }
  return check(name, value, limit, detail);
}

/**
 * Raises the limit of a failed check by the measured rounding error. The rounding is measured only for failed checks.
 */
export async function unlessRounding(failing: Check, measured: () => Promise<number>): Promise<Check> {
  if (stateOf(failing) !== 'failed' || !Number.isFinite(failing.value)) return failing;
  const limit = failing.limit + (await measured());
  return { ...failing, limit, passed: failing.value <= limit };
}

/**
 * Checks that computing the same vector twice gives the same result.
 * @param terms the length of the terms that the vector is a sum of, if they may cancel
 */
export function repetitionCheck(
  name: string,
  first: Float32Array,
  again: Float32Array,
  { what, terms = 0 }: { what: string; terms?: number },
): Check {
  const off = Float32Array.from(again);
  axpy(-1, first, off);
  const size = norm(first);
  const limit = ROUNDING * Math.max(size, terms) + flushedLength(first);
  return check(name, norm(off), limit, `${what} twice, of size ${short(size)}`);
}

/**
 * Checks that computing the same number twice gives the same result.
 * @param rounding absolute rounding error, in addition to the relative one
 */
export function sameNumberCheck(name: string, first: number, again: number, rounding = 0): Check {
  const detail = `${short(first)}, then ${short(again)}`;
  return check(name, Math.abs(first - again), ROUNDING * Math.abs(first) + rounding, detail);
}

/** Two correct means of quadratic forms exceed the limit of `meansCheck` at most once in this many analyses. */
const ODDS = 100_000;

/**
 * Checks that two estimates of tr H agree. Each is a mean of zᵀHz over m independent probes z of random signs. The
 * estimates have the tails of quadratic forms, which are heavier than normal tails. A mean deviates by more than
 *   2·‖H‖_F·√(t/m) + 2·λ_max·t/m
 * with probability at most 2·e⁻ᵗ (Laurent & Massart 2000, lemma 1).
 * @param scale ‖H‖_F, λ_max, and the largest error of one zᵀHz through rounding
 */
export function meansCheck(
  name: string,
  a: TraceEstimate,
  b: TraceEstimate,
  scale: { frobenius: number; largest: number; rounding: number },
): Check {
  const t = Math.log(4 * ODDS);
  const bound = ({ probes }: TraceEstimate) =>
    2 * scale.frobenius * Math.sqrt(t / probes) + (2 * scale.largest * t) / probes;
  const limit = bound(a) + bound(b) + scale.rounding;
  return check(name, Math.abs(a.value - b.value), limit, `${shown(a)} against ${shown(b)}`);
}

function shown({ value, standardError: error, probes }: TraceEstimate): string {
  return probes > 1 ? formatMeasured(value, error) : `${short(value)} from one probe`;
}

/** Returns the mean over samples with its standard error, which equals the jackknife error of a mean. */
export function overSamples(values: Float64Array): Estimate {
  const list = Array.from(values);
  return { value: mean(list), standardError: standardError(list) };
}

/** Six digits: two computations in float32 agree in about so many. */
export function short(value: number): string {
  return formatNumber(value, 6);
}
