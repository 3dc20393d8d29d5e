/** Eigenvalues, ascending, with chosen components of the unit eigenvectors. */
export interface TridiagonalEigen {
  values: Float64Array;
  /** `rows[r][i]` is component `asked[r]` of eigenvector i. */
  rows: Float64Array[];
}

/** A QL sweep per eigenvalue takes two or three iterations; beyond fifty the input was not finite. */
const MAX_SWEEPS = 50;

/**
 * Eigenvalues of the symmetric tridiagonal matrix with `diagonal` [n] and `offDiagonal` [n − 1], by implicit QL with
 * Wilkinson's shift, float64, and the requested rows of the eigenvector matrix.
 * Each row goes through the same rotations on its own, so a few rows cost O(n²) where all of them cost O(n³): Lanczos
 * needs only the first row (quadrature weights) and the last (residuals).
 * @param asked which components of the eigenvectors to return
 * @throws Error if an entry is not finite
 * @see Parlett 1998, The Symmetric Eigenvalue Problem, chapter 8; EISPACK tql2
 */
export function tridiagonalEigen(
  diagonal: ArrayLike<number>,
  offDiagonal: ArrayLike<number>,
  asked: readonly number[] = [],
): TridiagonalEigen {
  const n = diagonal.length;
  if (offDiagonal.length < n - 1) throw new Error(`${n} diagonal entries need ${n - 1} off-diagonal ones.`);
  const d = Float64Array.from(diagonal);
  const e = new Float64Array(n);
  for (let i = 0; i < n - 1; i++) e[i] = offDiagonal[i];
  const rows = asked.map((row) => {
    const components = new Float64Array(n);
    components[row] = 1;
    return components;
  });
  for (let l = 0; l < n; l++) diagonalizeFrom(l, d, e, rows);
  return sortAscending(d, rows);
}

/** All unit eigenvectors as well, `vectors[i]` belonging to `values[i]`. */
export function tridiagonalEigenvectors(
  diagonal: ArrayLike<number>,
  offDiagonal: ArrayLike<number>,
): { values: Float64Array; vectors: Float64Array[] } {
  const n = diagonal.length;
  const all = Array.from({ length: n }, (_, i) => i);
  const { values, rows } = tridiagonalEigen(diagonal, offDiagonal, all);
  const vectors = all.map((i) => Float64Array.from(rows, (row) => row[i]));
  return { values, vectors };
}

/** Rotates until e[l] vanishes against its neighbours on the diagonal. */
function diagonalizeFrom(l: number, d: Float64Array, e: Float64Array, rows: readonly Float64Array[]): void {
  for (let sweep = 0; ; sweep++) {
    const m = blockEnd(l, d, e);
    if (m === l) return;
    if (sweep === MAX_SWEEPS) throw new Error('The tridiagonal eigensolver did not converge: is every entry finite?');
    qlSweep(l, m, d, e, rows);
  }
}

/** First index ≥ l where the matrix splits. "Small" is relative to the neighbours, so graded matrices keep their small eigenvalues. */
function blockEnd(l: number, d: Float64Array, e: Float64Array): number {
  let m = l;
  // NaN counts as not small here, so it ends in the error and not in a wrong eigenvalue.
  while (m < d.length - 1 && !(Math.abs(e[m]) <= Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1])))) m++;
  return m;
}

function qlSweep(l: number, m: number, d: Float64Array, e: Float64Array, rows: readonly Float64Array[]): void {
  const slope = (d[l + 1] - d[l]) / (2 * e[l]);
  let g = d[m] - d[l] + e[l] / (slope + Math.sign(slope || 1) * Math.hypot(slope, 1));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The rotation underflowed: the matrix splits here, and the sweep starts again below.
      d[i + 1] = d[i + 1] - shift;
      e[m] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - shift;
    const t = (d[i] - g) * sine + 2 * cosine * b;
    shift = sine * t;
    d[i + 1] = g + shift;
    g = cosine * t - b;
    for (const row of rows) {
      const next = row[i + 1];
      row[i + 1] = sine * row[i] + cosine * next;
      row[i] = cosine * row[i] - sine * next;
    }
  }
  d[l] = d[l] - shift;
  e[l] = g;
  e[m] = 0;
}

function sortAscending(d: Float64Array, rows: readonly Float64Array[]): TridiagonalEigen {
  const order = Array.from(d.keys()).sort((i, j) => d[i] - d[j]);
  const permute = (x: Float64Array) => Float64Array.from(order, (i) => x[i]);
  return { values: permute(d), rows: rows.map(permute) };
}
