import { axpy, dot, scaled } from '../numerics/vectors';

/** The plane through three points of parameter space: the first is the origin. */
export interface PlaneAxes {
  /** x = (b − a)/‖b − a‖ as a combination of b − a and c − a, and y in the same way. */
  x: [number, number];
  y: [number, number];
  /** Where a, b and c lie, [x, y]. */
  positions: [number, number][];
}

/** The second axis is unknown where less than this part of c − a points away from b − a. */
const PARALLEL = 1e-5;

/**
 * Orthonormal axes of the plane through a, b and c by Gram-Schmidt:
 *   x = u/‖u‖,  y = (v − (v·x)x)/‖…‖,  u = b − a, v = c − a.
 * The axes come as coefficients of u and v, so that whatever else moves from model to model, such as running
 * statistics, moves along in the same proportion.
 * @returns null where the three lie on one line, or two of them are the same
 */
export function planeAxes(u: Float32Array, v: Float32Array): PlaneAxes | null {
  const [uu, uv, vv] = [dot(u, u), dot(u, v), dot(v, v)];
  if (!(uu > 0) || !(vv > 0)) return null;
  const along = uv / uu;
  const rest = Float32Array.from(v);
  axpy(-along, u, rest);
  const height = Math.sqrt(dot(rest, rest));
  if (!(height > PARALLEL * Math.sqrt(vv))) return null;
  const length = Math.sqrt(uu);
  return {
    x: [1 / length, 0],
    y: [-along / height, 1 / height],
    positions: [
      [0, 0],
      [length, 0],
      [along * length, height],
    ],
  };
}

/** s·u + t·v */
export function combined([s, t]: readonly [number, number], u: Float32Array, v: Float32Array): Float32Array {
  const sum = scaled(s, u);
  axpy(t, v, sum);
  return sum;
}
