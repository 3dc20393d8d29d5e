import { dot } from '../../numerics/vectors';
import type { SymmetricOperator } from '../../spectrum/operator';

const NUDGES = 3;
/** How far beyond the largest change met the error may lie. */
const MARGIN = 3;

/**
 * How far rounding moves dᵀHd, measured: 3·max |dᵀH′d − dᵀHd| over a few H′ at weights that are changed by some roundings
 * each. A wrong derivative is wrong at those weights by the same amount, so it is no excuse for one.
 * Cost: four products.
 */
export async function changeUnderRounding(
  op: SymmetricOperator,
  d: Float32Array,
  { seed, signal }: { seed: number; signal?: AbortSignal },
): Promise<number> {
  const [changes] = await changesUnderRounding(op, [d], { seed, signal });
  return MARGIN * changes!.reduce((worst, change) => Math.max(worst, Math.abs(dot(d, change))), 0);
}

/** The same of |uᵀHv − vᵀHu|: 3·max (|uᵀ(H′ − H)v| + |vᵀ(H′ − H)u|). */
export async function asymmetryUnderRounding(
  op: SymmetricOperator,
  [u, v]: readonly [Float32Array, Float32Array],
  options: { seed: number; signal?: AbortSignal },
): Promise<number> {
  const [ofU, ofV] = await changesUnderRounding(op, [u, v], options);
  return MARGIN * Math.max(...ofU!.map((change, i) => Math.abs(dot(v, change)) + Math.abs(dot(u, ofV![i]))));
}

/** H′v − Hv of each vector, for a few H′. */
export async function changesUnderRounding(
  op: SymmetricOperator,
  vectors: readonly Float32Array[],
  { seed, signal }: { seed: number; signal?: AbortSignal },
): Promise<Float32Array[][]> {
  const products = await op.apply(vectors, signal);
  const changes: Float32Array[][] = vectors.map(() => []);
  for (let i = 0; i < NUDGES; i++) {
    const moved = await op.apply(vectors, signal, seed + i);
    moved.forEach((product, k) => changes[k].push(product.map((value, j) => value - products[k][j])));
  }
  return changes;
}
