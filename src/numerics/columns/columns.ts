import type { Four } from './kernels';
import type { VectorMemory } from './vectorMemory';
import { ACCUMULATED, memoryOf, paddedBytes, workbench } from './vectorMemory';

/**
 * Products with a tall matrix Q = [q₀ … q₍ₘ₋₁₎] whose columns are separate float32 vectors, [dim] each, in float64.
 * Kernels take four columns at a time, so that they read (and round) the other operand once per four columns: for
 * vectors longer than the cache, reading memory is the whole cost. Kernels work on `sharedVectors` in place. They copy
 * other vectors piece by piece into their memory, which takes twice as long.
 */
export type Columns = readonly Float32Array[];

/** Qᵀw, [m]. */
export function innerProducts(columns: Columns, w: Float32Array): Float64Array {
  const result = new Float64Array(columns.length);
  for (const piece of pieces(columns, 0, w.length)) {
    const { memory, at, first, count, start, end } = piece;
    memory.sums.fill(0);
    memory.kernels.innerProducts(...at, placed(w, piece), paddedBytes(end - start), memory.sums.byteOffset);
    for (let k = 0; k < count; k++) result[first + k] += memory.sums[k];
  }
  return result;
}

/** w ← w − Q·c. */
export function subtractCombination(w: Float32Array, columns: Columns, c: ArrayLike<number>): void {
  for (const piece of pieces(columns, 0, w.length)) {
    const { memory, at, start, end } = piece;
    memory.kernels.subtract(placed(w, piece), ...at, paddedBytes(end - start), ...coefficients(c, piece));
    if (memoryOf(w) !== memory) w.set(memory.visitor.subarray(0, end - start), start);
  }
}

/**
 * [q₀ … q₍ₘ₋₁₎] ← [q₀ … q₍ₘ₋₁₎]·S for S of m × k, k ≤ m: the first k vectors receive the result, the others are released.
 * Works in place, a few thousand rows at a time, because at the memory limit there is no room for a second basis.
 * @param s columns of S, [k][m]
 * @returns the released vectors
 */
export function rotateInPlace(columns: Float32Array[], s: readonly ArrayLike<number>[]): Float32Array[] {
  const k = s.length;
  if (k > columns.length) throw new Error(`Cannot make ${k} vectors of ${columns.length} in place.`);
  const dim = columns[0]?.length ?? 0;
  const result = Array.from({ length: k }, () => new Float32Array(Math.min(dim, ACCUMULATED)));
  for (let start = 0; start < dim; start += ACCUMULATED) {
    const end = Math.min(dim, start + ACCUMULATED);
    for (let i = 0; i < k; i++) result[i].set(combination(columns, s[i], start, end));
    for (let i = 0; i < k; i++) columns[i].set(result[i].subarray(0, end - start), start);
  }
  return columns.splice(k);
}

/** Rows of Q·c, at most `ACCUMULATED` of them; valid until the next call. */
function combination(columns: Columns, c: ArrayLike<number>, from: number, to: number): Float64Array {
  let total: Float64Array | null = null;
  for (const piece of pieces(columns, from, to)) {
    const { memory, at } = piece;
    if (!total) memory.total.fill(0);
    else if (total !== memory.total) memory.total.set(total);
    total = memory.total;
    memory.kernels.accumulate(total.byteOffset, ...at, paddedBytes(to - from), ...coefficients(c, piece));
  }
  return total!.subarray(0, to - from);
}

/** Rows of up to four columns in the memory of the kernels. */
interface Piece {
  memory: VectorMemory;
  /** Where each column's rows begin; the last column stands in for missing ones. */
  at: Four;
  first: number;
  count: number;
  start: number;
  end: number;
}

/** The rows `from` … `to` of all columns; `from` is a multiple of four. */
function* pieces(columns: Columns, from: number, to: number): Generator<Piece> {
  for (let first = 0; first < columns.length;) {
    const memory = memoryOf(columns[first]);
    let count = 1;
    while (count < 4 && first + count < columns.length && memoryOf(columns[first + count]) === memory) count++;
    const four = (of: (k: number) => number): Four => [of(0), of(1), of(2), of(3)];
    if (memory) {
      const at = four((k) => columns[first + Math.min(k, count - 1)].byteOffset + 4 * from);
      yield { memory, at, first, count, start: from, end: to };
    } else {
      const bench = workbench();
      const at = four((k) => bench.vectors[Math.min(k, count - 1)].byteOffset);
      for (let start = from; start < to; start += ACCUMULATED) {
        const end = Math.min(to, start + ACCUMULATED);
        for (let k = 0; k < count; k++) copyRows(columns[first + k], start, end, bench.vectors[k]);
        yield { memory: bench, at, first, count, start, end };
      }
    }
    first += count;
  }
}

/** Where the rows of w lie in the memory of a piece, copied there if they are not. */
function placed(w: Float32Array, { memory, start, end }: Piece): number {
  if (memoryOf(w) === memory) return w.byteOffset + 4 * start;
  copyRows(w, start, end, memory.visitor);
  return memory.visitor.byteOffset;
}

/** The rows, followed by zeros as far as a kernel reads. */
function copyRows(from: Float32Array, start: number, end: number, to: Float32Array): void {
  to.set(start === 0 && end === from.length ? from : from.subarray(start, end));
  to.fill(0, end - start, end - start + 3);
}

/** The coefficients of the columns of a piece; zero for a column that only stands in. */
function coefficients(c: ArrayLike<number>, { first, count }: Piece): Four {
  const of = (k: number) => (k < count ? c[first + k] : 0);
  return [of(0), of(1), of(2), of(3)];
}
