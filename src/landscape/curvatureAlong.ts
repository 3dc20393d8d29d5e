import { dot, norm, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';

export interface DirectionalCurvature {
  /** vᵀHv */
  curvature: number;
  /** ‖Hv‖ */
  hessianProductNorm: number;
  /** vᵀGv, if requested */
  gaussNewtonCurvature?: number;
}

/**
 * vᵀHv, ‖Hv‖ and, if requested, vᵀGv of each vector as given (not normalized).
 * It computes the products along v/‖v‖ and scales them back, because a tiny gradient would drive the graph into denormal
 * numbers, which are inexact and slow. Non-finite curvature stays NaN or ∞. A zero vector has none and costs nothing.
 * Cost: one block product with G, if requested, then one with H.
 */
export async function directionalCurvature(
  objective: Objective,
  vectors: readonly Float32Array[],
  options: { gaussNewton?: boolean; signal?: AbortSignal } = {},
): Promise<DirectionalCurvature[]> {
  const { gaussNewton = false, signal } = options;
  const lengths = vectors.map(norm);
  const moving = vectors.map((_, i) => i).filter((i) => lengths[i] !== 0);
  const units = moving.map((i) => scaled(1 / lengths[i], vectors[i]));
  const gauss = units.length && gaussNewton ? await objective.products('gaussNewton', units, { signal }) : [];
  const hessian = units.length ? await objective.products('hessian', units, { signal }) : [];

  const results = vectors.map((): DirectionalCurvature => {
    return { curvature: 0, hessianProductNorm: 0, ...(gaussNewton ? { gaussNewtonCurvature: 0 } : {}) };
  });
  moving.forEach((i, k) => {
    const length = lengths[i];
    const result = results[i];
    result.curvature = length ** 2 * dot(units[k], hessian[k]);
    result.hessianProductNorm = length * norm(hessian[k]);
    if (gaussNewton) result.gaussNewtonCurvature = length ** 2 * dot(units[k], gauss[k]);
  });
  return results;
}
