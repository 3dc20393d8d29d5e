import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/**
 * All eigenvalues, ascending, and unit eigenvectors of a small dense symmetric matrix, float64; O(n³).
 * @param rows [n][n]; only symmetric matrices give meaningful answers
 */
export function symmetricEigen(rows: readonly ArrayLike<number>[]): { values: Float64Array; vectors: Float64Array[] } {
  const n = rows.length;
  if (n === 0) return { values: new Float64Array(0), vectors: [] };
  const matrix = new Matrix(rows.map((row) => Array.from(row)));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((i, j) => realEigenvalues[i] - realEigenvalues[j]);
  return {
    values: Float64Array.from(order, (i) => realEigenvalues[i]),
    vectors: order.map((i) => Float64Array.from({ length: n }, (_, row) => eigenvectorMatrix.get(row, i))),
  };
}
