import type { Mesh } from './grid';

/** Values over a grid, row by row; undefined if unknown. */
export type Sparse = readonly (number | undefined)[];

/** Number of points of a cubic, half of them on each side. */
const STENCIL = 4;

/**
 * Values of a mesh at the points of the next finer one: along x, then along y, by the cubic through the four nearest
 * lines of the coarser mesh (tensor-product Lagrange; near an end, the four nearest that there are).
 *   error ≤ (3/128)·h⁴·max|∂⁴L| per axis for even spacing h, (5/128)·h⁴ at the ends; of order h at a kink
 * @param values at the points of `coarse`, undefined elsewhere; [rows × columns of the whole grid]
 * @returns values at the points of `fine`. A point between two non-finite values of one kind has that value. A point
 *   between a finite and a non-finite value is undefined.
 * @see Deslauriers & Dubuc 1989, Constructive Approximation 5 (the scheme, on dyadic grids)
 */
export function interpolateTo(
  fine: Mesh,
  coarse: Mesh,
  values: Sparse,
  xs: readonly number[],
  ys: readonly number[],
): (number | undefined)[] {
  const width = xs.length;
  const filled: (number | undefined)[] = new Array<number | undefined>(values.length).fill(undefined);
  for (const row of coarse.rows) {
    const line = coarse.columns.map((column) => values[row * width + column]);
    const at = coarse.columns.map((column) => xs[column]);
    for (const column of fine.columns) filled[row * width + column] = interpolate(at, line, xs[column]);
  }
  const at = coarse.rows.map((row) => ys[row]);
  for (const column of fine.columns) {
    const line = coarse.rows.map((row) => filled[row * width + column]);
    for (const row of fine.rows) filled[row * width + column] = interpolate(at, line, ys[row]);
  }
  return filled;
}

/** The value at `x` of a function with known values at `at` (monotone), inside their range. */
export function interpolate(at: readonly number[], values: Sparse, x: number): number | undefined {
  const hit = at.indexOf(x);
  if (hit >= 0) return values[hit];
  const rising = at[at.length - 1] > at[0];
  const right = at.findIndex((value) => (rising ? value > x : value < x));
  const [a, b] = [values[right - 1], values[right]];
  if (a === undefined || b === undefined) return undefined;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b) ? a : undefined;
  const first = Math.min(Math.max(right - STENCIL / 2, 0), Math.max(at.length - STENCIL, 0));
  const last = Math.min(first + STENCIL, at.length) - 1;
  const nodes: number[] = [];
  // Values behind a hole say nothing about this side of it.
  for (let i = right - 1; i >= first && Number.isFinite(values[i]); i--) nodes.push(i);
  for (let i = right; i <= last && Number.isFinite(values[i]); i++) nodes.push(i);
  const cubic = lagrange(nodes, at, values, x);
  // A cubic may dip below zero beside a steep wall, but a positive loss stays positive.
  const positive = nodes.every((i) => values[i]! > 0);
  return positive && cubic <= 0 ? lagrange([right - 1, right], at, values, x) : cubic;
}

/** Σᵢ vᵢ Πⱼ (x − xⱼ)/(xᵢ − xⱼ) */
function lagrange(nodes: readonly number[], at: readonly number[], values: Sparse, x: number): number {
  let total = 0;
  for (const i of nodes) {
    let weight = 1;
    for (const j of nodes) if (j !== i) weight *= (x - at[j]) / (at[i] - at[j]);
    total += weight * values[i]!;
  }
  return total;
}
