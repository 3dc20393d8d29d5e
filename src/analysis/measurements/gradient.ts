import { dot, norm } from '../../numerics/vectors';
import type { Objective } from '../../objective/objective';
import type { ResolvedOptions } from '../../options/presets';
import type { GradientMeasurement, ParameterMeasurement } from '../../report/report';
import { isDrawn } from '../drawn';
import { defineMeasurement, LOSSES } from './measurement';

/** Fewer batches than this say little about the spread between them. */
const LEAST_BATCHES = 3;

/** ∇L with its norm, in all and by tensor, its part along θ, and its sampling error. Cost: one gradient. */
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

/** Whether ∇L is measured: asked for, or drawn along. */
export const gradientIsWanted = (options: ResolvedOptions): boolean =>
  options.only.includes('gradient') || isDrawn(options, ({ kind }) => kind === 'gradient');

/** Finds ∇L; null where it is not finite. */
export const gradient = defineMeasurement<Float32Array | null>({
  id: 'gradient',
  title: 'Gradient',
  part: 'gradient',
  timedAs: 'gradient',
  cost: () => ({ losses: LOSSES.gradient, graphs: ['gradient'] }),
  async measure({ objective, facts, draft, signal }) {
    const { vector, gradient } = await measureGradient(objective, signal);
    const isFinite = Number.isFinite(gradient.norm);
    if (!isFinite) {
      const cause = await facts.whyNotFinite?.('gradient');
      const told = cause ? `${cause.what} ${cause.action}` : 'The gradient is not finite (NaN or ∞).';
      draft.warn(`${told} Nothing along the gradient can be measured.`);
    }
    draft.add({ gradient });
    return isFinite ? vector : null;
  },
});

/** ‖θ‖, in all and by tensor. */
export function measureParameters(objective: Objective): ParameterMeasurement {
  return { norm: norm(objective.theta), byParameter: normByTensor(objective, objective.theta) };
}

function normByTensor({ parameters }: Objective, vector: Float32Array): { name: string; norm: number }[] {
  return parameters.map(({ name, offset, count }) => ({ name, norm: norm(vector.subarray(offset, offset + count)) }));
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
