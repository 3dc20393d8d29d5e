import { symmetricEigen } from '../numerics/symmetric';
import type { ReadPoint } from './gram';

/** The plane that holds most of a path, as found from the Gram matrix of its points. */
export interface PathPlane {
  /** Share of each principal axis in the variance of the points, largest first. */
  explained: number[];
  /** Projections of the points rᵢ onto the first two axes, [n][2]; 0 along an axis that does not exist. */
  coordinates: [number, number][];
  /** Distance of each point from the plane through the origin. */
  offPlane: number[];
  /** Share of each of the two axes in Σ‖rᵢ‖². */
  distanceShare: [number, number];
  /** Weights wₖ of each axis, aₖ = Σᵢ wₖᵢ·rᵢ, with Σᵢ wₖᵢ = 0; one axis or two, none where all points are the same. */
  axes: number[][];
}

/** Share of the variance below which an axis is rounding: float32 points differ by 2⁻²⁴ of themselves. */
const ROUNDING = 1e-12;
/** Most axes whose share is listed. */
const LISTED = 10;

/**
 * Principal components of a path (PCA) from the Gram matrix G = R·Rᵀ of its n points, whatever their dimension:
 *   J·G·J = U·Λ·Uᵀ with J = I − 11ᵀ/n,   aₖ = Rᵀuₖ/√λₖ,   explainedₖ = λₖ/Σλ
 * The axes are those of the points around their mean. The coordinates are projections around the origin,
 *   rᵢ·aₖ = (G·uₖ)ᵢ/√λₖ,
 * so that the point at the origin stays there. Of each axis, the largest coordinate is positive.
 * @param gram [n][n]
 * @see Li et al. 2018, arXiv:1712.09913, section 7
 */
export function pathPlane(gram: readonly Float64Array[]): PathPlane {
  const n = gram.length;
  const { values, vectors } = symmetricEigen(centred(gram));
  const variances = Array.from(values, (value) => Math.max(0, value)).reverse();
  const total = variances.reduce((sum, value) => sum + value, 0);
  const exists = (k: number) => total > 0 && k < n && variances[k] > ROUNDING * total;
  const found = [0, 1].filter(exists).map((k) => axisOf(gram, vectors[n - 1 - k], variances[k]));
  const coordinates = gram.map((_, i) => [0, 1].map((k) => found[k]?.coordinates[i] ?? 0) as [number, number]);
  const squares = gram.map((row, i) => row[i]);
  const all = squares.reduce((sum, value) => sum + value, 0);
  return {
    explained: total > 0 ? variances.slice(0, Math.min(LISTED, n - 1)).map((value) => value / total) : [],
    coordinates,
    offPlane: coordinates.map(([x, y], i) => Math.sqrt(Math.max(0, squares[i] - x * x - y * y))),
    distanceShare: [0, 1].map((k) =>
      all > 0 ? coordinates.reduce((sum, point) => sum + point[k] ** 2, 0) / all : 0,
    ) as [number, number],
    axes: found.map(({ weights }) => weights),
  };
}

function axisOf(gram: readonly Float64Array[], vector: Float64Array, variance: number) {
  const length = Math.sqrt(variance);
  const coordinates = gram.map((row) => row.reduce((sum, value, j) => sum + value * vector[j], 0) / length);
  const largest = coordinates.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  const sign = largest < 0 ? -1 : 1;
  return {
    // Adding 0 turns −0 into 0.
    coordinates: coordinates.map((value) => sign * value + 0),
    weights: Array.from(vector, (value) => (sign * value) / length),
  };
}

/** J·G·J */
function centred(gram: readonly Float64Array[]): number[][] {
  const n = gram.length;
  const rows = gram.map((row) => row.reduce((sum, value) => sum + value, 0) / n);
  const all = rows.reduce((sum, value) => sum + value, 0) / n;
  return gram.map((row, i) => Array.from(row, (value, j) => value - rows[i] - rows[j] + all));
}

/**
 * The axes of a plane as vectors, aₖ = Σᵢ wₖᵢ·(θᵢ − θ_centre), summed in float64.
 * @returns unit vectors, [dim] each
 */
export async function axesOf(
  { axes }: Pick<PathPlane, 'axes'>,
  centre: Float32Array,
  read: ReadPoint,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  // One axis at a time, since a sum takes twice the memory of a point.
  for (const weights of axes) {
    const sum = new Float64Array(centre.length);
    for (const [i, weight] of weights.entries()) {
      signal?.throwIfAborted();
      const point = await read(i);
      for (let k = 0; k < sum.length; k++) sum[k] += weight * (point[k] - centre[k]);
    }
    const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
    vectors.push(Float32Array.from(sum, (value) => value / length));
  }
  return vectors;
}
