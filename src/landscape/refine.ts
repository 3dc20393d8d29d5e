import { allowedErrors } from './allowedErrors';
import { interpolator, weighted } from './interpolate';
import type { KnownGrid, Sparse, Stencil } from './interpolate';

export interface Refinement {
  /** Measured or interpolated losses. NaN if neither is possible yet. */
  values: number[];
  /** Estimated absolute error of each value: 0 if it was measured, ∞ if it is unknown. */
  errors: number[];
  /** Points to measure next, the most doubtful first; empty if no estimate exceeds the tolerance. */
  wanted: number[];
  /** Another quantity, known at the same points, interpolated as the loss is. NaN where the loss is unknown. */
  like: (measured: Sparse) => number[];
}

/**
 * Estimated errors are scaled by this. With it, 48 of 151,494 interpolated points of 73 planes of networks lie beyond their
 * estimate, by a factor of at most 1.6, and none beyond the allowed error.
 */
const SAFETY = 2.4;
/** Weight of the largest surplus of the nearest nodes beside the root mean square of all. */
const LARGEST = 0.3;
/** Number of nearest nodes whose largest surplus counts. */
const NEAREST = 12;
/** Weight of the difference between the two interpolants. */
const DIFFERENCE = 2;
/** Smallest credible estimate in units of the allowed error, because float32 rounding is not smooth. */
const LEAST_ESTIMATE = 0.01;

/**
 * Decides where to measure a picture next, and what it shows meanwhile. The value at a point that was not measured is
 * interpolated from the nearest measured points, its nodes. A random field with the kernel r³ would make an error there
 * whose standard deviation is `deviation` times the roughness of the field. The roughness is read off the nodes: the
 * surplus of a node is the difference between its value and the one interpolated from the other points, in units of its
 * own deviation. The estimated error is
 *   2.4 · (deviation · (rms of the surpluses + 0.3 · the largest near one) + 2 · |value by r⁵ − value by r³|).
 * Points whose estimate exceeds the allowed error are measured, the worst first and no two side by side in one round. So
 * are all points between finite and non-finite ones. The function is pure: the same measurements give the same answer. It
 * misses features between the points measured first that leave no trace at them.
 * @param tolerance as a fraction of the range, see `allowedErrors`
 * @returns refines the same grid again and again, and keeps the weights of nodes that stay
 * @see Wendland 2004, Scattered Data Approximation, chapter 11 (power function); Rippa 1999, Advances in Computational
 *   Mathematics 11, 193 (leave one out)
 */
export function refiner(
  xs: readonly number[],
  ys: readonly number[],
  tolerance: number,
): (measured: Sparse) => Refinement {
  const width = xs.length;
  const knownOf = interpolator(xs, ys);
  return (measured) => {
    const points = pointsFrom(measured, knownOf(measured));
    const values = points.map(({ value }) => value);
    const allowed = allowedErrors(values, tolerance);
    const errors = points.map(({ value, error }, p) =>
      measured[p] === undefined && Number.isFinite(value) ? Math.max(error, LEAST_ESTIMATE * allowed[p]) : error,
    );
    const excess = errors.map((error, p) => (error === Infinity ? Infinity : error / allowed[p]));
    return {
      values,
      errors,
      wanted: worstFirst(excess, width),
      like: (others) =>
        points.map(({ repeats, stencil }, p) => {
          if (measured[p] !== undefined) return others[p] ?? NaN;
          if (repeats !== undefined) return others[repeats] ?? NaN;
          return stencil ? weighted(others, stencil) : NaN;
        }),
    };
  };
}

interface Point {
  value: number;
  error: number;
  /** Where it was interpolated. */
  stencil?: Stencil;
  /** The measured point that it repeats, where both are not finite. */
  repeats?: number;
}

/** The value of every point, with its estimated error. */
function pointsFrom(measured: Sparse, { stencil, around }: KnownGrid): Point[] {
  const surpluses = new Float64Array(measured.length).fill(NaN);
  const surplusOf = (q: number): number => {
    if (Number.isNaN(surpluses[q])) surpluses[q] = surplus(measured[q]!, measured, stencil(q, 3));
    return surpluses[q];
  };
  return measured.map((value, p): Point => {
    if (value !== undefined) return { value, error: 0 };
    const beside = around(p);
    if (!beside.every((q) => Number.isFinite(measured[q]))) {
      const isHole = beside.every((q) => Object.is(measured[q], measured[beside[0]]));
      return isHole ? { value: measured[beside[0]]!, error: 0, repeats: beside[0] } : UNKNOWN_POINT;
    }
    const [rough, smooth] = [stencil(p, 3), stencil(p, 5)];
    return rough && smooth ? estimated(measured, rough, smooth, surplusOf) : UNKNOWN_POINT;
  });
}

const UNKNOWN_POINT: Point = { value: NaN, error: Infinity };

function estimated(measured: Sparse, rough: Stencil, smooth: Stencil, surplusOf: (q: number) => number): Point {
  const { nodes, deviation } = rough;
  const value = weighted(measured, smooth);
  const difference = Math.abs(value - weighted(measured, rough));
  let [squares, largest] = [0, 0];
  nodes.forEach((q, i) => {
    const surplus = surplusOf(q);
    squares += surplus ** 2;
    if (i < NEAREST) largest = Math.max(largest, surplus);
  });
  const roughness = Math.sqrt(squares / nodes.length) + LARGEST * largest;
  const error = SAFETY * (deviation * roughness + DIFFERENCE * difference);
  return { value: positive(value, measured, nodes), error, stencil: smooth };
}

/** A spline may dip below zero beside a steep wall, but a positive loss stays positive. */
function positive(value: number, measured: Sparse, nodes: readonly number[]): number {
  if (value > 0) return value;
  const lowest = Math.min(...nodes.map((q) => measured[q]!));
  return lowest > 0 ? lowest : value;
}

/** |measured − interpolated from the other points|, in units of its standard deviation for a field of roughness 1. */
function surplus(value: number, measured: Sparse, stencil: Stencil | null): number {
  if (!stencil || stencil.deviation === 0) return 0;
  return Math.abs(value - weighted(measured, stencil)) / stencil.deviation;
}

/** Points whose excess is above 1, worst first, no two of them side by side. */
function worstFirst(excess: readonly number[], width: number): number[] {
  const candidates = excess.flatMap((value, p) => (value > 1 ? [p] : []));
  candidates.sort((p, q) => (excess[p] === excess[q] ? p - q : excess[q] - excess[p]));
  const beside = new Uint8Array(excess.length);
  return candidates.filter((p) => {
    if (beside[p]) return false;
    for (const [row, column] of NEIGHBOURS) {
      const q = p + row * width + column;
      if (q >= 0 && q < excess.length && Math.abs((q % width) - (p % width)) <= 1) beside[q] = 1;
    }
    return true;
  });
}

const NEIGHBOURS = [-1, 0, 1].flatMap((row) => [-1, 0, 1].map((column) => [row, column]));
