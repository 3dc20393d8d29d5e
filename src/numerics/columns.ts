/**
 * Products with a tall matrix Q = [q₀ … q₍ₘ₋₁₎] whose columns are separate float32 vectors, [dim] each.
 * Columns are taken four at a time, so that the other operand is read (and rounded) once per four columns: for vectors
 * longer than the cache, reading memory is the whole cost.
 */
export type Columns = readonly Float32Array[];

/** Qᵀw, float64, [m]. */
export function innerProducts(columns: Columns, w: Float32Array): Float64Array {
  const result = new Float64Array(columns.length);
  const dim = w.length;
  let j = 0;
  for (; j + 3 < columns.length; j += 4) {
    const q0 = columns[j]!;
    const q1 = columns[j + 1]!;
    const q2 = columns[j + 2]!;
    const q3 = columns[j + 3]!;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < dim; i++) {
      const x = w[i]!;
      s0 += q0[i]! * x;
      s1 += q1[i]! * x;
      s2 += q2[i]! * x;
      s3 += q3[i]! * x;
    }
    result[j] = s0;
    result[j + 1] = s1;
    result[j + 2] = s2;
    result[j + 3] = s3;
  }
  for (; j < columns.length; j++) {
    const q = columns[j]!;
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += q[i]! * w[i]!;
    result[j] = sum;
  }
  return result;
}

/** w ← w − Q·c. */
export function subtractCombination(w: Float32Array, columns: Columns, c: ArrayLike<number>): void {
  const dim = w.length;
  let j = 0;
  for (; j + 3 < columns.length; j += 4) {
    const q0 = columns[j]!;
    const q1 = columns[j + 1]!;
    const q2 = columns[j + 2]!;
    const q3 = columns[j + 3]!;
    const c0 = c[j]!;
    const c1 = c[j + 1]!;
    const c2 = c[j + 2]!;
    const c3 = c[j + 3]!;
    for (let i = 0; i < dim; i++) w[i] = w[i]! - (c0 * q0[i]! + c1 * q1[i]! + (c2 * q2[i]! + c3 * q3[i]!));
  }
  for (; j < columns.length; j++) {
    const q = columns[j]!;
    const cj = c[j]!;
    for (let i = 0; i < dim; i++) w[i] = w[i]! - cj * q[i]!;
  }
}

/**
 * [q₀ … q₍ₘ₋₁₎] ← [q₀ … q₍ₘ₋₁₎]·S for S of m × k, k ≤ m: the first k vectors receive the result, the others are let go.
 * Works in place, a few thousand rows at a time, because at the memory limit there is no room for a second basis.
 * @param s columns of S, [k][m]
 */
export function rotateInPlace(columns: Float32Array[], s: readonly ArrayLike<number>[]): void {
  const m = columns.length;
  const k = s.length;
  if (k > m) throw new Error(`Cannot make ${k} vectors of ${m} in place.`);
  const dim = columns[0]?.length ?? 0;
  const rows = Math.min(dim, 2048);
  const chunk = new Float64Array(rows);
  const result = Array.from({ length: k }, () => new Float32Array(rows));
  for (let start = 0; start < dim; start += rows) {
    const end = Math.min(dim, start + rows);
    for (let c = 0; c < k; c++) {
      chunk.fill(0);
      const weights = s[c]!;
      for (let j = 0; j < m; j++) {
        const weight = weights[j]!;
        const q = columns[j]!;
        for (let i = start; i < end; i++) chunk[i - start] = chunk[i - start]! + weight * q[i]!;
      }
      result[c]!.set(chunk);
    }
    for (let c = 0; c < k; c++) columns[c]!.set(result[c]!.subarray(0, end - start), start);
  }
  columns.length = k;
}
