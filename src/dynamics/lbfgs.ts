import { axpy, dot, norm, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import { displaced } from './displaced';

/** A point θ + d that a descent reached. */
export interface Reached {
  /** d, [dim] */
  displacement: Float32Array;
  loss: number;
  /** Gradients that were spent. */
  gradients: number;
  /** The loss at the start and after each step. */
  losses: number[];
  /** Why the descent ended: low enough, no step descends beyond rounding, or all gradients spent. */
  ended: 'enough' | 'at rest' | 'budget';
}

export interface LbfgsRequest {
  /** Where to start, relative to θ. */
  start: Float32Array;
  /** Largest number of gradients. */
  budget: number;
  /** Decreases below this are rounding; the descent ends there. */
  resolution: number;
  /** Length of the first step; by default relative to the start. It grows as long as no curvature is known. */
  first?: number;
  /** Longest step. Without it a step may leave the valley for another one. */
  longest?: number;
  /** Number of pairs that the inverse Hessian is estimated from, each of two vectors. */
  pairs?: number;
  /** The descent ends once the loss is below this. */
  enough?: number;
  /** Receives every point that the descent moves to. It ends when the answer is false. */
  onStep?: (displacement: Float32Array, loss: number) => boolean;
  signal?: AbortSignal;
}

/** Number of pairs by default. */
export const PAIRS = 10;
/** Fraction of the decrease that the slope promises which a step has to bring. */
const ARMIJO = 1e-4;
const SHRINK = 0.3;
/** Length of the first step relative to the start. */
const FIRST = 0.01;
const GROW = 2;
const MOST_TRIALS = 12;
/** Steps in a row that gain no more than rounding before the descent ends: a first step may just be too short. */
const IDLE = 3;

/**
 * Minimizes L by L-BFGS with a backtracking line search, from θ + `start`. Pairs without positive curvature are left
 * out, so the search direction always descends.
 * Cost: per step one gradient and one loss, and another loss for each backtracking.
 * @see Nocedal & Wright 2006, Numerical Optimization, algorithms 3.1, 7.4 and 7.5
 */
export async function lbfgs(
  objective: Pick<Objective, 'value' | 'gradient'>,
  {
    start,
    budget,
    resolution,
    first,
    longest = Infinity,
    enough = -Infinity,
    pairs: most = PAIRS,
    onStep,
    signal,
  }: LbfgsRequest,
): Promise<Reached> {
  const place = (d: Float32Array) => ({ signal, at: displaced(d) });
  const pairs: { s: Float32Array; y: Float32Array; rho: number }[] = [];
  let here = Float32Array.from(start);
  let { loss } = await objective.value(place(here));
  let gradient = await objective.gradient(place(here));
  let gradients = 1;
  const shortest = first ?? FIRST * (norm(start) || 1);
  let length = shortest;
  const losses = [loss];
  let idle = 0;
  let resting = !Number.isFinite(loss);
  while (gradients < budget && !resting && loss > enough) {
    const direction = inverseTimes(pairs, gradient);
    const slope = -dot(gradient, direction);
    if (!(slope < 0)) {
      resting = true;
      break;
    }
    const size = norm(direction);
    const firstStep = Math.min(pairs.length > 0 ? 1 : length / size, longest / size);
    const found = await backtrack(firstStep, async (step) => {
      const there = Float32Array.from(here);
      axpy(-step, direction, there);
      const value = (await objective.value(place(there))).loss;
      return value <= loss + ARMIJO * step * slope ? { there, value } : null;
    });
    if (!found) {
      // The pairs may be those of another piece of the loss; along −g itself some step descends, except at rest.
      resting = pairs.length === 0;
      pairs.length = 0;
      length = shortest;
      continue;
    }
    const decrease = loss - found.value;
    if (onStep?.(found.there, found.value) === false) {
      [here, loss] = [found.there, found.value];
      losses.push(loss);
      break;
    }
    const next = await objective.gradient(place(found.there));
    gradients++;
    remember(pairs, most, difference(found.there, here), difference(next, gradient));
    [here, loss, gradient] = [found.there, found.value, next];
    losses.push(loss);
    length *= GROW;
    idle = decrease <= resolution ? idle + 1 : 0;
    resting = idle === IDLE;
  }
  const ended = loss <= enough ? 'enough' : resting ? 'at rest' : 'budget';
  return { displacement: here, loss, gradients, losses, ended };
}

async function backtrack<T>(first: number, attempt: (step: number) => Promise<T | null>): Promise<T | null> {
  for (let trial = 0, step = first; trial < MOST_TRIALS; trial++, step *= SHRINK) {
    const found = await attempt(step);
    if (found) return found;
  }
  return null;
}

/** The two-loop recursion: an estimate of H⁻¹·g. */
function inverseTimes(
  pairs: readonly { s: Float32Array; y: Float32Array; rho: number }[],
  gradient: Float32Array,
): Float32Array {
  const q = Float32Array.from(gradient);
  const alphas = new Array<number>(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i];
    alphas[i] = rho * dot(s, q);
    axpy(-alphas[i], y, q);
  }
  const last = pairs.at(-1);
  const result = last ? scaled(dot(last.s, last.y) / dot(last.y, last.y), q) : q;
  pairs.forEach(({ s, y, rho }, i) => axpy(alphas[i] - rho * dot(y, result), s, result));
  return result;
}

function remember(
  pairs: { s: Float32Array; y: Float32Array; rho: number }[],
  most: number,
  s: Float32Array,
  y: Float32Array,
): void {
  const curvature = dot(s, y);
  if (!(curvature > 1e-10 * norm(s) * norm(y))) return;
  pairs.push({ s, y, rho: 1 / curvature });
  if (pairs.length > most) pairs.shift();
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - b[i]);
}
