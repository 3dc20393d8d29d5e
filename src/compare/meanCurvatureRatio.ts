import { mean, standardError } from '../numerics/statistics';
import { curvatureRatio } from '../report/curvatureRatio';
import type { PlaneCurvature } from '../report/sections/planeCurvature';

/** Which side of the weights a point of a plane is on; points on an axis are on both sides of it. */
const QUADRANTS: readonly ((alpha: number, beta: number) => boolean)[] = [
  (alpha, beta) => alpha >= 0 && beta >= 0,
  (alpha, beta) => alpha <= 0 && beta >= 0,
  (alpha, beta) => alpha <= 0 && beta <= 0,
  (alpha, beta) => alpha >= 0 && beta <= 0,
];

/**
 * The mean of |λ_min/λ_max| over the points of planes along random directions: how far from convex the loss is around the
 * weights. Another plane would have another mean, so the error is the standard error over the quadrants of the planes,
 * which lie in different directions from the weights, besides that of the eigenvalues.
 * @returns null where no point has a finite curvature
 * @see Li et al. 2018, arXiv:1712.09913, section 6
 */
export function meanCurvatureRatio(planes: readonly PlaneCurvature[]): { value: number; error: number } | null {
  const quadrants = planes.flatMap((plane) => {
    const { value, error } = curvatureRatio(plane);
    return QUADRANTS.map((lies) =>
      plane.y.flatMap((beta, i) =>
        plane.x.flatMap((alpha, j) => {
          const isCentre = alpha === 0 && beta === 0;
          if (isCentre || !lies(alpha, beta) || !Number.isFinite(value[i][j])) return [];
          return [{ value: value[i][j], error: error[i][j] }];
        }),
      ),
    ).filter((points) => points.length > 0);
  });
  if (quadrants.length === 0) return null;
  const means = quadrants.map((points) => mean(points.map((point) => point.value)));
  const computed = mean(quadrants.map((points) => mean(points.map((point) => point.error))));
  return { value: mean(means), error: Math.hypot(means.length > 1 ? standardError(means) : NaN, computed) };
}
