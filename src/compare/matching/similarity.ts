import type { ElementPairs, Matching } from './piece';
import { eachPairs, restricted } from './piece';
import type { MatchingProblem, Occurrence } from './problem';

/** Numbers of each unit that are compared at once. */
const TILE = 1024;

/**
 * Adds to `values` how well the units at one place fit to each other, all other indices being in order:
 *   values[i][j] += Σ own(i, rest) · other(j, P rest)
 * Along indices that are not yet in order, both networks' elements are sorted first, as they would lie if they fitted as
 * well as any order allows (rearrangement inequality). A network and its copy in any order then agree to the last bit.
 * @param values [n][n]
 * @param unknown indices that are not yet in order, with all indices inside their units
 */
export function addSimilarity(
  values: readonly Float64Array[],
  { own, other }: MatchingProblem,
  { piece, place }: Occurrence,
  matching: Matching,
  unknown: ReadonlySet<number>,
): void {
  const units = values.length;
  const { stride } = piece.places[place];
  const rest = restricted(piece, place, 0, 0);
  let spread = Int32Array.of(0);
  let known = rest;
  for (let i = rest.places.length - 1; i >= 0; i--) {
    const { index, size, stride: step } = rest.places[i];
    if (index === null || !unknown.has(index)) continue;
    spread = Int32Array.from({ length: spread.length * size }, (_, k) => {
      return spread[Math.floor(k / size)] + (k % size) * step;
    });
    known = restricted(known, i, 0, 0);
  }
  const perTile = Math.max(1, Math.floor(TILE / spread.length));
  eachPairs(known, matching, (pairs) => {
    for (let start = 0; start < pairs.own.length; start += perTile) {
      const end = Math.min(start + perTile, pairs.own.length);
      const of = (vector: Float32Array, side: keyof ElementPairs) =>
        tile(vector, pairs[side].subarray(start, end), { units, stride, spread });
      addProducts(values, of(own, 'own'), of(other, 'other'));
    }
  });
}

/** The elements of each unit, [units · width], sorted along what is spread. */
function tile(
  vector: Float32Array,
  starts: Int32Array,
  { units, stride, spread }: { units: number; stride: number; spread: Int32Array },
): Float32Array {
  const { length } = spread;
  const elements = new Float32Array(units * starts.length * length);
  let at = 0;
  for (let unit = 0; unit < units; unit++) {
    for (const start of starts) {
      for (let k = 0; k < length; k++) elements[at + k] = vector[start + unit * stride + spread[k]];
      if (length > 1) elements.subarray(at, at + length).sort();
      at += length;
    }
  }
  return elements;
}

/** values += A·Bᵀ, for A and B of [units · width], in blocks of two rows and four columns that share what they read. */
function addProducts(values: readonly Float64Array[], a: Float32Array, b: Float32Array): void {
  const units = values.length;
  const width = a.length / units;
  // Rows and columns beyond the last are the last one again, whose sums are added once.
  const last = units - 1;
  for (let i = 0; i < units; i += 2) {
    const [p, q] = [i * width, Math.min(i + 1, last) * width];
    for (let j = 0; j < units; j += 4) {
      const [c0, c1, c2, c3] = [j, Math.min(j + 1, last), Math.min(j + 2, last), Math.min(j + 3, last)];
      const [b0, b1, b2, b3] = [c0 * width, c1 * width, c2 * width, c3 * width];
      let [p0, p1, p2, p3, q0, q1, q2, q3] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < width; k++) {
        const x = a[p + k];
        const y = a[q + k];
        const u = b[b0 + k];
        const v = b[b1 + k];
        const w = b[b2 + k];
        const z = b[b3 + k];
        p0 += x * u;
        p1 += x * v;
        p2 += x * w;
        p3 += x * z;
        q0 += y * u;
        q1 += y * v;
        q2 += y * w;
        q3 += y * z;
      }
      const columns = Math.min(4, units - j);
      for (let c = 0; c < columns; c++) values[i][j + c] += c === 0 ? p0 : c === 1 ? p1 : c === 2 ? p2 : p3;
      if (i === last) continue;
      for (let c = 0; c < columns; c++) values[i + 1][j + c] += c === 0 ? q0 : c === 1 ? q1 : c === 2 ? q2 : q3;
    }
  }
}
