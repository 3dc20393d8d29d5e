import { dot } from '../../numerics/vectors';

/** A displacement on a plane: its coefficients there, and its distance from the plane. */
export interface Projected {
  x: number;
  y: number;
  offPlane: number;
}

export type PlaneProjection = (displacement: Float32Array) => Projected;

/** Parallel directions span no plane. */
const PARALLEL = 1e-6;

/**
 * The orthogonal projection onto the plane of two directions, which need not be orthogonal:
 *   x·d₁ + y·d₂ closest to d,  from the 2 × 2 normal equations in float64
 * @returns null where the directions are parallel or zero
 */
export function planeProjection(first: Float32Array, second: Float32Array): PlaneProjection | null {
  const [a, b, c] = [dot(first, first), dot(first, second), dot(second, second)];
  const determinant = a * c - b * b;
  if (!(determinant > PARALLEL * a * c)) return null;
  return (displacement) => {
    const [p, q] = [dot(first, displacement), dot(second, displacement)];
    const x = (c * p - b * q) / determinant;
    const y = (a * q - b * p) / determinant;
    let square = 0;
    for (let i = 0; i < displacement.length; i++) square += (displacement[i] - x * first[i] - y * second[i]) ** 2;
    return { x, y, offPlane: Math.sqrt(square) };
  };
}
