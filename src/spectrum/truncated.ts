import { tridiagonalEigen } from '../numerics/tridiagonal';
import type { Quadrature } from '../report/density';

/**
 * The quadrature of the same run after its first k steps. Lanczos on diag(θ) from √w reproduces the run's tridiagonal
 * matrix, whose leading k × k block is that of the shorter run. Float64 with full reorthogonalisation.
 * Cost: k²·m for m nodes.
 * @see Golub & Meurant 2010, Matrices, Moments and Quadrature, section 3.1 (inverse eigenvalue problem)
 */
export function truncated({ nodes, weights }: Quadrature, k: number): Quadrature {
  const basis: Float64Array[] = [];
  const [diagonal, offDiagonal]: [number[], number[]] = [[], []];
  let next = Float64Array.from(weights, (weight) => Math.sqrt(Math.max(0, weight)));
  const scale = nodes.reduce((largest, node) => Math.max(largest, Math.abs(node)), 0);
  for (let step = 0; step < Math.min(k, nodes.length); step++) {
    const length = Math.sqrt(inner(next, next));
    // Only rounding remains of an exhausted space.
    if (step > 0 && length <= 1e-14 * scale) break;
    if (step > 0) offDiagonal.push(length);
    const q = next.map((value) => value / length);
    basis.push(q);
    next = q.map((value, i) => value * nodes[i]);
    diagonal.push(inner(q, next));
    for (let pass = 0; pass < 2; pass++) {
      for (const column of basis) {
        const along = inner(column, next);
        next.forEach((_, i) => (next[i] -= along * column[i]));
      }
    }
  }
  const { values, rows } = tridiagonalEigen(diagonal, offDiagonal, [0]);
  return { nodes: Array.from(values), weights: Array.from(rows[0], (component) => component ** 2) };
}

function inner(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}
