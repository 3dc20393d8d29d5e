import { mean, standardError } from '../../numerics/statistics';
import { axpy, dot, norm } from '../../numerics/vectors';
import type { SampleCurvature } from '../../objective/objective';
import { stateOf } from '../../report/checkState';
import type { Check, Estimate } from '../../report/curvature';
import type { TraceEstimate } from '../../report/report';
import type { Difference } from './finiteDifferences';
import type { Stretch } from './stretch';
import { termsOf, termsOfDot } from './stretch';

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
/** A difference says something of a derivative if it is good to this share of what the samples add up to. */
const RESOLVED = 0.25;
/** Of one that is exactly zero, and so has no size, if it is good to this share of what the loss does over a long step. */
const RESOLVED_ZERO = 0.05;

/** NaN disagrees with everything, and must not pass. */
export function check(name: string, value: number, limit: number, detail: string): Check {
  return { name, value, limit, passed: value <= limit, detail };
}

/** Neither passed nor failed: the check could have found no fault. */
export function unjudged(name: string, value: number, limit: number, detail: string, why: string): Check {
  return { name, value, limit, passed: true, judged: false, detail: `could not be judged: ${why}; ${detail}` };
}

/** Mean of |x| over the samples, of which the figure is the mean: what rounding is relative to, since samples cancel. */
export function meanSize(values: Float64Array): number {
  const size = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  return Number.isFinite(size) ? size : 0;
}

/**
 * Rounding error of dᵀHd, as far as float32 sums make it. With H = Jᵀ·D·J the product J·d is off by a rounding ε of its
 * terms, a = Σₜ √‖Hₜₜ‖·‖dₜ‖ in units of √λ, whatever cancels in it, and each sample and tensor of H·d by its own size:
 *   ε·(Σₜ ‖dₜ‖·‖(Hd)ₜ‖ + s + a·√s) + ε²·a²,  s = meanᵢ|dᵀHᵢd|.
 */
export function productRounding(d: Float32Array, hd: Float32Array, size: number, stretch: Stretch): number {
  const terms = termsOf(stretch, d);
  const own = termsOfDot(stretch.parameters, d, hd) + size;
  return ROUNDING * (own + terms * Math.sqrt(size) + ROUNDING * terms ** 2) + flushedAlong(d);
}

/** A derivative along d, as it is checked. */
export interface Expected {
  symbol: string;
  value: number;
  /** How far rounding may have moved it. */
  rounding: number;
  /** Mean over the samples of its absolute value. */
  size: number;
}

/**
 * A derivative along d against differences of the loss. It is not judged where the differences are so coarse that a
 * derivative of zero would pass as well, though the samples have some.
 */
export function differenceCheck(name: string, found: Difference, expected: Expected): Check {
  const { symbol, value: exact, rounding } = expected;
  const value = Math.abs(found.value - exact);
  const limit = TRUST * found.error + rounding;
  const detail = `${symbol} ${short(exact)}, finite differences ${short(found.value)} ± ${found.error.toExponential(1)}`;
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
    `rounding leaves differences of this loss good to ${limit.toExponential(1)} only`,
  );
}

/**
 * uᵀHv = vᵀHu, which is also what an adjoint must obey.
 * @param lossRounding of the curvature along u and along v
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
 * dᵀHd by reverse mode (product) against the mean over samples of dᵀHᵢd by forward mode alone.
 */
export function forwardCheck(
  name: string,
  d: Float32Array,
  hd: Float32Array,
  { curvatures, lossRounding }: SampleCurvature,
  stretch: Stretch,
): Check {
  const [reverse, forward] = [dot(d, hd), mean(Array.from(curvatures))];
  const rounding = productRounding(d, hd, meanSize(curvatures), stretch);
  const limit = rounding + (lossRounding?.curvature ?? 0);
  const detail = `dᵀHd ${short(reverse)}, forward over forward ${short(forward)}`;
  const value = Math.abs(reverse - forward);
  if (Number.isFinite(reverse) && !Number.isFinite(forward)) {
    return unjudged(name, value, limit, detail, 'forward mode gives no number');
  }
  return check(name, value, limit, detail);
}

/** The check with its limit raised by rounding as it was measured, which is asked for only where the check failed. */
export async function unlessRounding(failing: Check, measured: () => Promise<number>): Promise<Check> {
  if (stateOf(failing) !== 'failed' || !Number.isFinite(failing.value)) return failing;
  const limit = failing.limit + (await measured());
  return { ...failing, limit, passed: failing.value <= limit };
}

/**
 * The same vector computed twice.
 * @param terms how long the terms are that it is the sum of, where they may cancel
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
 * The same number computed twice.
 * @param rounding absolute, beside the roundings relative to it
 */
export function sameNumberCheck(name: string, first: number, again: number, rounding = 0): Check {
  const detail = `${short(first)}, then ${short(again)}`;
  return check(name, Math.abs(first - again), ROUNDING * Math.abs(first) + rounding, detail);
}

/** Two means of quadratic forms are further apart than their limit once in so many analyses. */
const ODDS = 100_000;

/**
 * Two estimates of tr H, each a mean of zᵀHz over m independent probes z of random signs. Their tails are those of
 * quadratic forms, not of the normal distribution: a mean is off by more than
 *   2·‖H‖_F·√(t/m) + 2·λ_max·t/m
 * with probability 2·e⁻ᵗ at most (Laurent & Massart 2000, lemma 1).
 * @param scale ‖H‖_F, λ_max, and how far rounding may move one zᵀHz
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
  return probes > 1 ? `${short(value)} ± ${error.toExponential(1)}` : `${short(value)} from one probe`;
}

/** Mean over samples with its standard error: the jackknife of a mean. */
export function overSamples(values: Float64Array): Estimate {
  const list = Array.from(values);
  return { value: mean(list), standardError: standardError(list) };
}

export function short(value: number): string {
  return value.toPrecision(6);
}
