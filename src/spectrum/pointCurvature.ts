import { axpy, norm, normalize, scaled } from '../numerics/vectors';
import { gaussianVector, random } from '../numerics/random';
import type { Displacement, Objective } from '../objective/objective';
import type { Eigenpair } from './eigenpair';
import { extremeEigenpairs } from './extremes';
import { startKrylov } from './krylov';
import { roundingOfRun } from './noiseFloor';
import { hessianOf, NonFiniteError } from './operator';

export interface PointRequest {
  seed: number;
  /** Largest number of products. */
  maxProducts: number;
  memoryBytes: number;
  /** `start` of a point nearby. */
  near?: Float32Array;
  /** See `NoiseFloorOptions.productError`. */
  productError?: number;
  signal?: AbortSignal;
}

/** The curvature at one point of a plane. All figures are NaN where the loss has no finite curvature. */
export interface PointCurvature {
  gradientNorm: number;
  lambdaMax: number;
  lambdaMin: number;
  /** Errors of both, by residual, last movement and rounding. */
  residualMax: number;
  residualMin: number;
  products: number;
  /** v_max + v_min, where Lanczos begins at a point nearby; null where there is none. */
  start: Float32Array | null;
}

/** Share of a random vector in a start from nearby. Without it, a direction that both points lack is never found. */
const RANDOM_SHARE = 0.5;

/**
 * A residual proves some eigenvalue nearby, and the end of a spectrum may lie a little further out. With this limit, a
 * thousandth of the largest magnitude covers it: at a minimum, where λ_min ends a crowd around zero, a limit of 10⁻³ left
 * it 1.05 · 10⁻³ short.
 */
const TOLERANCE = 3e-4;

/**
 * The gradient's norm and both ends of the Hessian's spectrum at θ + α·d₁ + β·d₂, by Lanczos until either eigenvalue is
 * known to a thousandth of the largest in magnitude.
 * Cost: one gradient and, with a start from nearby, about half the products of a random start.
 */
export async function pointCurvature(
  objective: Objective,
  at: Displacement,
  { seed, maxProducts, memoryBytes, near, productError, signal }: PointRequest,
): Promise<PointCurvature> {
  const gradientNorm = norm(await objective.gradient({ at, signal }));
  const start = startKrylov({
    dim: objective.dim,
    seed,
    stream: 'point of a plane',
    from: near && startNear(near, seed),
  });
  try {
    const { top, bottom, products, maxAbs, asymmetry } = await extremeEigenpairs(hessianOf(objective, at), {
      top: 1,
      bottom: 1,
      seed,
      maxProducts,
      memoryBytes,
      tolerance: TOLERANCE,
      repeated: 'never',
      start,
      signal,
    });
    // In one dimension the only eigenvalue is both ends.
    const [highest = bottom[0], lowest = top[0]] = [top[0], bottom[0]];
    const rounding = roundingOfRun({ maxAbs, asymmetry, productError });
    return {
      gradientNorm,
      lambdaMax: highest.value,
      lambdaMin: lowest.value,
      residualMax: highest.residual + rounding,
      residualMin: lowest.residual + rounding,
      products,
      start: bothEnds(highest, lowest),
    };
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    const [lambdaMax, lambdaMin, residualMax, residualMin] = [NaN, NaN, NaN, NaN];
    return {
      gradientNorm,
      lambdaMax,
      lambdaMin,
      residualMax,
      residualMin,
      products: start.diagonal.length,
      start: null,
    };
  }
}

function bothEnds({ vector: highest }: Eigenpair, { vector: lowest }: Eigenpair): Float32Array {
  const sum = Float32Array.from(highest);
  axpy(1, lowest, sum);
  return sum;
}

function startNear(near: Float32Array, seed: number): Float32Array {
  const start = gaussianVector(near.length, random(seed, 'start beside a point'));
  normalize(start);
  const share = Float32Array.from(near);
  normalize(share);
  const mixed = scaled(RANDOM_SHARE, start);
  axpy(1 - RANDOM_SHARE, share, mixed);
  return mixed;
}
