import { rademacherVector, random } from '../numerics/random';
import { dot, norm } from '../numerics/vectors';
import { directionalCurvature } from '../landscape/curvatureAlong';
import type { CurvatureAlong } from '../options/presets';
import type { Objective } from '../objective/objective';
import type { GradientMeasurement, ParameterMeasurement } from '../report/report';

/** Fewer batches than this say little about the spread between them. */
const LEAST_BATCHES = 3;
/** Unit roundoff of float32. */
const UNIT = 2 ** -24;

/** ∇L with its norm, in all and by tensor, its part along θ, and its sampling error. Cost: one gradient. */
export async function measureGradient(
  objective: Objective,
  signal?: AbortSignal,
): Promise<{ vector: Float32Array; gradient: GradientMeasurement }> {
  const batches = new BatchSpread();
  const vector = await objective.gradient(signal, (mean, samples) => batches.add(mean, samples));
  const length = norm(vector);
  const samplingError = batches.samplingError(length);
  return {
    vector,
    gradient: {
      norm: length,
      byParameter: normByTensor(objective, vector),
      alongParameters: dot(objective.theta, vector),
      ...(samplingError === null ? {} : { samplingError }),
    },
  };
}

/**
 * The curvature along ∇L and along θ, and the float32 noise of ‖∇L‖.
 * Cost: two Gauss-Newton products and three Hessian products, in this order: on large models one product's graph is
 * there at a time, and what follows needs that of H. Along the gradient alone: one Hessian product.
 */
export async function measureCurvature(
  objective: Objective,
  gradient: Float32Array,
  {
    along,
    seed,
    signal,
    onPart,
  }: { along: CurvatureAlong; seed: number; signal?: AbortSignal; onPart?: (fraction: number) => void },
): Promise<{ gradient: Partial<GradientMeasurement>; parameters: Partial<ParameterMeasurement> }> {
  if (along === 'nothing') return { gradient: {}, parameters: {} };
  if (along === 'gradient') {
    const [alongGradient] = await directionalCurvature(objective, [gradient], { signal });
    return { gradient: alongGradient!, parameters: {} };
  }
  const options = { gaussNewton: true, signal };
  const [alongGradient, alongTheta] = await directionalCurvature(objective, [gradient, objective.theta], options);
  onPart?.(0.75);
  const { curvature, hessianProductNorm } = alongTheta!;
  return {
    gradient: { ...alongGradient!, noiseFloor: await roundingNoise(objective, seed, signal) },
    parameters: { curvature, hessianProductNorm },
  };
}

/** ‖θ‖, in all and by tensor. */
export function measureParameters(objective: Objective): ParameterMeasurement {
  return { norm: norm(objective.theta), byParameter: normByTensor(objective, objective.theta) };
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
