import { dot, norm } from '../../numerics/vectors';
import type { Objective } from '../../objective/objective';
import type { ResolvedOptions } from '../../options/presets';
import type { GradientMeasurement, ParameterMeasurement } from '../../report/report';
import { isDrawn } from '../drawn';
import { defineMeasurement, LOSSES } from './measurement';

/** Smallest number of batches whose spread gives a usable sampling error. */
const LEAST_BATCHES = 3;

/**
 * Measures ∇L: its norm in total and per tensor, its dot product with θ, and its sampling error.
 * Cost: one gradient.
 */
export async function measureGradient(
  objective: Objective,
  signal?: AbortSignal,
): Promise<{ vector: Float32Array; gradient: GradientMeasurement }> {
  const batches = new BatchSpread();
  const vector = await objective.gradient({ signal, onBatch: (mean, samples) => batches.add(mean, samples) });
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

/** Whether ∇L is measured: the user asked for it, or a line or plane is drawn along it. */
export const gradientIsWanted = (options: ResolvedOptions): boolean =>
  options.only.includes('gradient') || isDrawn(options, ({ kind }) => kind === 'gradient');

/** Finds ∇L, or null if it is not finite. */
export const gradient = defineMeasurement<Float32Array | null>({
  id: 'gradient',
  title: 'Gradient',
  part: 'gradient',
  timedAs: 'gradient',
  cost: () => ({ losses: LOSSES.gradient, graphs: ['gradient'] }),
  async measure({ objective, facts, draft, signal }) {
    const { vector, gradient } = await measureGradient(objective, signal);
    const isFinite = Number.isFinite(gradient.norm);
    const cause = isFinite ? null : await facts.whyNotFinite?.('gradient');
    if (!isFinite) {
      const told = cause ? `${cause.what} ${cause.action}` : 'The gradient is not finite (NaN or ∞).';
      draft.warn(`${told} Nothing along the gradient can be measured.`);
    }
    draft.add({
      gradient: { ...gradient, ...(cause ? { notFinite: { what: cause.what, action: cause.action } } : {}) },
    });
    return isFinite ? vector : null;
  },
});

/** Measures ‖θ‖ in total and per tensor. */
export function measureParameters(objective: Objective): ParameterMeasurement {
  return { norm: norm(objective.theta), byParameter: normByTensor(objective, objective.theta) };
}

function normByTensor({ parameters }: Objective, vector: Float32Array): { name: string; norm: number }[] {
  return parameters.map(({ name, offset, count }) => ({ name, norm: norm(vector.subarray(offset, offset + count)) }));
}

/**
 * Estimates the standard error of the gradient from the spread between batches. Let gᵦ be the mean gradient over the nᵦ
 * samples of batch b, σ² the variance of a single sample's gradient (summed over its entries) and B the number of
 * batches. Then
 *   E Σᵦ nᵦ·‖gᵦ − g‖² = (B − 1)·σ²,  and the mean over N samples has standard error √(σ²/N).
 * The estimate assumes that each batch is a random sample of the data. Sorted data make it too large.
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
