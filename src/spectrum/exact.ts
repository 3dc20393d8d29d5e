import { symmetricEigen } from '../numerics/symmetric';
import { median, sum } from '../numerics/statistics';
import type { Quadrature } from '../report/density';
import type { Eigenpair } from './eigenpair';
import { applyChecked } from './operator';
import type { SymmetricOperator } from './operator';

/** Up to this length, Ridgeline forms the whole matrix with 256 products in a few blocks and knows every eigenvalue. */
export const EXACT_DIM = 256;

export interface ExactSpectrum {
  /** All eigenvalues, ascending. */
  values: number[];
  /** Float32 error bound of each eigenvalue, from the measured asymmetry and the rounding of the entries. */
  errors: number[];
  /** Unit eigenvectors, as `values`. */
  vectors: Float32Array[];
  trace: number;
  /** H as formed, symmetrised, [dim][dim]. */
  matrix: Float64Array[];
  /** max |Hᵢⱼ − Hⱼᵢ| / 2 */
  asymmetry: number;
  /** No eigenvalue closer to zero than this has a certain sign. */
  noiseFloor: number;
  products: number;
}

/**
 * Entries are trusted to 32 float32 roundings (2⁻¹⁹) at best, even with perfect symmetry, because the sum over a batch
 * rounds in the same way in Hᵢⱼ and Hⱼᵢ, so that part of the error does not show. Against float64 references, networks of the
 * test fixtures show up to 15 roundings.
 */
const LEAST_NOISE = 2 ** -19;

/**
 * Every eigenvalue of a small symmetric operator: H is formed column by column (products with unit vectors, several
 * per call), symmetrised, and decomposed in float64.
 * The entries carry float32 errors relative to their own row and column, not to ‖H‖: eᵢⱼ ∝ √|Hᵢᵢ·Hⱼⱼ|. Small
 * eigenvalues of a badly scaled H therefore survive; a Lanczos run would lose them in its noise floor. First-order error of λₖ:
 *   |δλₖ| ≤ Σᵢⱼ |vᵢ| eᵢⱼ |vⱼ|
 * @throws NonFiniteError naming the column
 * @see Demmel & Veselić 1992, SIAM J. Matrix Anal. Appl. 13 (scaled perturbations of symmetric matrices)
 */
export async function exactSpectrum(
  op: SymmetricOperator,
  options: { blockSize?: number; signal?: AbortSignal; onColumns?: (done: number, dim: number) => void } = {},
): Promise<ExactSpectrum> {
  const columns = await formColumns(op, options);
  const { matrix, noise, asymmetry } = symmetrize(columns);
  const { values, vectors } = symmetricEigen(matrix);
  const errors = vectors.map((v) => boundedBy(noise, v));
  return {
    values: Array.from(values),
    errors,
    vectors: vectors.map((v) => Float32Array.from(v)),
    matrix,
    trace: sum(matrix.map((row, i) => row[i])),
    asymmetry,
    noiseFloor: floorAtZero(values, errors),
    products: op.dim,
  };
}

/** The `top` largest and `bottom` smallest, each with its error bound as residual. */
export function extremesOfExact(
  exact: ExactSpectrum,
  top: number,
  bottom: number,
): { top: Eigenpair[]; bottom: Eigenpair[] } {
  const pairs = exact.values.map((value, i) => ({
    value,
    residual: exact.errors[i],
    converged: true,
    vector: exact.vectors[i],
  }));
  return { top: pairs.slice(Math.max(0, pairs.length - top)).reverse(), bottom: pairs.slice(0, bottom) };
}

/** Every eigenvalue with weight 1/dim, in the form of an SLQ probe, so that the density is drawn in the same way. */
export function quadratureOfExact(exact: ExactSpectrum): Quadrature {
  return { nodes: exact.values, weights: exact.values.map(() => 1 / exact.values.length) };
}

async function formColumns(
  op: SymmetricOperator,
  { blockSize = 16, signal, onColumns }: Parameters<typeof exactSpectrum>[1] & object,
): Promise<Float32Array[]> {
  const columns: Float32Array[] = [];
  while (columns.length < op.dim) {
    const first = columns.length;
    const count = Math.min(blockSize, op.dim - first);
    const units = Array.from({ length: count }, (_, k) => {
      const unit = new Float32Array(op.dim);
      unit[first + k] = 1;
      return unit;
    });
    columns.push(...(await applyChecked(op, units, (k) => `column ${first + k + 1} of the Hessian`, signal)));
    onColumns?.(columns.length, op.dim);
  }
  return columns;
}

/** (H + Hᵀ)/2 with the error of each entry: half its own asymmetry, or the noise measured over all entries. */
function symmetrize(columns: readonly Float32Array[]) {
  const n = columns.length;
  const matrix = columns.map((_, i) => Float64Array.from(columns, (column, j) => (column[i] + columns[i][j]) / 2));
  const half = (i: number, j: number) => Math.abs(columns[j][i] - columns[i][j]) / 2;
  const scaleOf = (i: number, j: number) =>
    Math.max(Math.abs(matrix[i][j]), Math.sqrt(Math.abs(matrix[i][i] * matrix[j][j])));
  let asymmetry = 0;
  const relative: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      asymmetry = Math.max(asymmetry, half(i, j));
      if (scaleOf(i, j) > 0) relative.push(half(i, j) / scaleOf(i, j));
    }
  }
  // Three medians, because the errors that cancel in the asymmetry are as large as those that show.
  const level = Math.max(LEAST_NOISE, relative.length ? 3 * median(relative) : 0);
  const noise = matrix.map((_, i) => Float64Array.from(matrix, (_, j) => Math.max(half(i, j), level * scaleOf(i, j))));
  return { matrix, noise, asymmetry };
}

function boundedBy(noise: readonly Float64Array[], v: Float64Array): number {
  let bound = 0;
  noise.forEach((row, i) => {
    let inner = 0;
    for (let j = 0; j < v.length; j++) inner += row[j] * Math.abs(v[j]);
    bound += Math.abs(v[i]) * inner;
  });
  return bound;
}

/** The largest error among the eigenvalues that are indistinguishable from zero, or the error of the one closest to zero if there are none. */
function floorAtZero(values: Float64Array, errors: readonly number[]): number {
  let floor = 0;
  let nearest = 0;
  values.forEach((value, i) => {
    if (Math.abs(value) <= errors[i]) floor = Math.max(floor, errors[i]);
    if (Math.abs(value) < Math.abs(values[nearest])) nearest = i;
  });
  return floor || (errors[nearest] ?? 0);
}
