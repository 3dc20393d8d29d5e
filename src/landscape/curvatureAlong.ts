import type { Objective } from '../objective/objective';

export interface DirectionalCurvature {
  /** vᵀHv */
  curvature: number;
  /** ‖Hv‖ */
  hessianProductNorm: number;
  /** vᵀGv, where asked for */
  gaussNewtonCurvature?: number;
}

/** vᵀHv, ‖Hv‖ and vᵀGv of each vector as it is (not normalized), by one block product with H and one with G. */
export declare function directionalCurvature(
  objective: Objective,
  vectors: readonly Float32Array[],
  options?: { gaussNewton?: boolean; signal?: AbortSignal },
): Promise<DirectionalCurvature[]>;
