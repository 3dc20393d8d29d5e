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

/** values += A·Bᵀ, for A and B of [units · width]. Four columns at a time read the row once. */
function addProducts(values: readonly Float64Array[], a: Float32Array, b: Float32Array): void {
  const units = values.length;
  const width = a.length / units;
  for (let i = 0; i < units; i++) {
    const row = a.subarray(i * width, (i + 1) * width);
    const sums = values[i];
    let j = 0;
    for (; j + 4 <= units; j += 4) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      const at = j * width;
      for (let k = 0; k < width; k++) {
        const x = row[k];
        s0 += x * b[at + k];
        s1 += x * b[at + width + k];
        s2 += x * b[at + 2 * width + k];
        s3 += x * b[at + 3 * width + k];
      }
      sums[j] += s0;
      sums[j + 1] += s1;
      sums[j + 2] += s2;
      sums[j + 3] += s3;
    }
    for (; j < units; j++) for (let k = 0; k < width; k++) sums[j] += row[k] * b[j * width + k];
  }
}
