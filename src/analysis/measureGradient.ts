import { rademacherVector, random } from '../numerics/random';
import { dot, norm } from '../numerics/vectors';
import { directionalCurvature } from '../landscape/curvatureAlong';
import type { Objective } from '../objective/objective';
import type { GradientMeasurement, ParameterMeasurement } from '../report/report';

export interface GradientSections {
  /** ∇L, [dim] */
  vector: Float32Array;
  gradient: GradientMeasurement;
  parameters: ParameterMeasurement;
}

/** Fewer batches than this say little about the spread between them. */
const LEAST_BATCHES = 3;
/** Unit roundoff of float32. */
const UNIT = 2 ** -24;

/**
 * ‖∇L‖, in all and by tensor, with the curvature along ∇L and along θ, its sampling error and its float32 noise.
 * Cost: one gradient, three Hessian products, two Gauss-Newton products.
 */
export async function measureGradient(
  objective: Objective,
  { seed, signal, onPart }: { seed: number; signal?: AbortSignal; onPart?: (fraction: number) => void },
): Promise<GradientSections> {
  const batches = new BatchSpread();
  const gradient = await objective.gradient(signal, (mean, samples) => batches.add(mean, samples));
  onPart?.(0.25);
  const { theta } = objective;
  const [alongGradient, alongTheta] = await directionalCurvature(objective, [gradient, theta], {
    gaussNewton: true,
    signal,
  });
  onPart?.(0.8);
  const noiseFloor = await roundingNoise(objective, seed, signal);
  const samplingError = batches.samplingError(norm(gradient));
  return {
    vector: gradient,
    gradient: {
      norm: norm(gradient),
      byParameter: normByTensor(objective, gradient),
      ...alongGradient!,
      ...(samplingError === null ? {} : { samplingError }),
      noiseFloor,
    },
    parameters: parametersWithoutCurvature(objective, {
      curvature: alongTheta!.curvature,
      hessianProductNorm: alongTheta!.hessianProductNorm,
    }),
  };
}

/** ‖θ‖, in all and by tensor: known without derivatives. */
export function parametersWithoutCurvature(
  objective: Objective,
  curvature: Partial<ParameterMeasurement> = {},
): ParameterMeasurement {
  return { norm: norm(objective.theta), ...curvature, byParameter: normByTensor(objective, objective.theta) };
}

function normByTensor({ parameters }: Objective, vector: Float32Array): { name: string; norm: number }[] {
  return parameters.map(({ name, offset, count }) => ({ name, norm: norm(vector.subarray(offset, offset + count)) }));
}

/**
 * How much rounding θ to float32 moves the gradient: ‖H·δ‖ for δᵢ = ±2⁻²⁴·θᵢ with random signs. A gradient smaller
 * than this belongs to no particular point that float32 can name.
 */
async function roundingNoise(objective: Objective, seed: number, signal?: AbortSignal): Promise<number> {
  const { theta } = objective;
  if (norm(theta) === 0) return 0;
  const signs = rademacherVector(theta.length, random(seed, 'rounding of θ'));
  const [moved] = await objective.hvp([theta.map((value, i) => value * signs[i]!)], signal);
  return UNIT * norm(moved!);
}

/**
 * Standard error of the gradient from the spread of its batches. With gᵦ the mean over nᵦ samples, σ² the variance of a
 * single sample's gradient (summed over its entries) and B batches,
 *   E Σᵦ nᵦ·‖gᵦ − g‖² = (B − 1)·σ²,  and the mean over N samples is off by √(σ²/N).
 * Right where the samples of a batch are drawn like any others: sorted data make it too large.
 */
class BatchSpread {
  private weightedSquares = 0;
  private samples = 0;
  private batches = 0;

  add(mean: Float32Array, samples: number): void {
    this.weightedSquares += samples * dot(mean, mean);
    this.samples += samples;
    this.batches++;
  }

  samplingError(gradientNorm: number): number | null {
    if (this.batches < LEAST_BATCHES) return null;
    const between = Math.max(0, this.weightedSquares - this.samples * gradientNorm ** 2);
    return Math.sqrt(between / (this.batches - 1) / this.samples);
  }
}
