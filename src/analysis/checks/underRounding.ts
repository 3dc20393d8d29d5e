import { dot } from '../../numerics/vectors';
import type { SymmetricOperator } from '../../spectrum/operator';

const NUDGES = 3;
/** Ratio of the assumed error to the largest observed change. */
const MARGIN = 3;

/**
 * Measures how far rounding moves dᵀHd: 3·max |dᵀH′d − dᵀHd| over a few H′, each at weights changed by a few roundings.
 * A wrong derivative is wrong by the same amount at those weights, so this measure does not hide it.
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

/** Measures how far rounding moves |uᵀHv − vᵀHu|: 3·max (|uᵀ(H′ − H)v| + |vᵀ(H′ − H)u|). */
export async function asymmetryUnderRounding(
  op: SymmetricOperator,
  [u, v]: readonly [Float32Array, Float32Array],
  options: { seed: number; signal?: AbortSignal },
): Promise<number> {
  const [ofU, ofV] = await changesUnderRounding(op, [u, v], options);
  return MARGIN * Math.max(...ofU!.map((change, i) => Math.abs(dot(v, change)) + Math.abs(dot(u, ofV![i]))));
}

/** Returns H′v − Hv of each vector v for a few H′, each at weights changed by a few roundings. */
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
