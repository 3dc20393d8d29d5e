import { gaussianVector, random } from '../../src/numerics/random';
import { sum } from '../../src/numerics/statistics';
import type { SymmetricOperator } from '../../src/spectrum/operator';

/** An operator with a known spectrum that counts its products. */
export interface KnownOperator extends SymmetricOperator {
  /** Eigenvalues in ascending order. */
  readonly eigenvalues: readonly number[];
  readonly trace: number;
  products: number;
  /** The number of vectors in each call. */
  readonly calls: number[];
}

/**
 * H = Q·diag(λ)·Qᵀ with Q a product of Householder reflections I − 2uuᵀ along random u. This gives a known spectrum in
 * general position for vectors of any length, at the cost of a few dot products. It computes in float64 and rounds the
 * result to float32.
 */
export function rotated(eigenvalues: readonly number[], seed = 1, reflections = 2): KnownOperator {
  const dim = eigenvalues.length;
  const mirrors = Array.from({ length: reflections }, (_, k) => {
    const u = Float64Array.from(gaussianVector(dim, random(seed, 'mirror', k)));
    const length = Math.sqrt(u.reduce((total, value) => total + value * value, 0));
    return u.map((value) => value / length);
  });
  const reflect = (x: Float64Array, u: Float64Array) => {
    let along = 0;
    for (let i = 0; i < dim; i++) along += u[i] * x[i];
    for (let i = 0; i < dim; i++) x[i] = x[i] - 2 * along * u[i];
  };
  return known(eigenvalues, (vector) => {
    const x = Float64Array.from(vector);
    for (let k = mirrors.length - 1; k >= 0; k--) reflect(x, mirrors[k]);
    for (let i = 0; i < dim; i++) x[i] = x[i] * eigenvalues[i];
    for (const u of mirrors) reflect(x, u);
    return Float32Array.from(x);
  });
}

/** H as a dense matrix with float64 rows. */
export function dense(rows: readonly ArrayLike<number>[], eigenvalues: readonly number[]): KnownOperator {
  return known(eigenvalues, (vector) =>
    Float32Array.from(rows, (row) => {
      let total = 0;
      for (let j = 0; j < vector.length; j++) total += row[j] * vector[j];
      return total;
    }),
  );
}

export function known(eigenvalues: readonly number[], product: (vector: Float32Array) => Float32Array): KnownOperator {
  return {
    dim: eigenvalues.length,
    eigenvalues: [...eigenvalues].sort((a, b) => a - b),
    trace: sum(eigenvalues),
    products: 0,
    calls: [],
    apply(vectors) {
      this.products += vectors.length;
      this.calls.push(vectors.length);
      return Promise.resolve(vectors.map(product));
    },
  };
}
