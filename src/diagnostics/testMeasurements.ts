import type { ElsewhereMeasurement } from '../report/report';
import type { ExtremeEigenvalues, LayerGradient, Measurements } from './measurements';

/** Plain numbers for the tests of the judges. */
export function loss(value: number, rest: Partial<Measurements['loss']> = {}): Measurements['loss'] {
  const unknown = { weightDecay: null, chance: null, accuracy: null, chanceAccuracy: null, classes: null };
  return { value, error: 0, function: 'mse', ...unknown, samples: 100, ...rest };
}

/** A bowl of curvature 1 along the gradient, unless told otherwise. */
export function bowl({
  gradientNorm,
  gradientNoise = 0,
  curvature = gradientNorm ** 2,
  samplingError = null,
  alongParameters = null,
  lossValue = 1,
  parameterNorm = 100,
}: {
  gradientNorm: number;
  gradientNoise?: number;
  /** gᵀHg */
  curvature?: number;
  samplingError?: number | null;
  /** θᵀg */
  alongParameters?: number | null;
  lossValue?: number;
  parameterNorm?: number;
}): Pick<Measurements, 'loss' | 'gradient' | 'parameterNorm'> {
  return {
    loss: loss(lossValue),
    gradient: { norm: { value: gradientNorm, error: gradientNoise }, curvature, samplingError, alongParameters },
    parameterNorm,
  };
}

export function extremes({
  max,
  min,
  error = 0,
  negative = min + error < 0 ? 1 : 0,
  exact = false,
  zero = exact ? 0 : null,
  converged = true,
}: {
  max: number;
  min: number;
  error?: number;
  negative?: number;
  exact?: boolean;
  zero?: number | null;
  converged?: boolean;
}): ExtremeEigenvalues {
  return {
    max: { value: max, error, converged },
    min: { value: min, error, converged },
    top: [max],
    maxAbs: Math.max(Math.abs(max), Math.abs(min)),
    noiseFloor: error,
    exact,
    negative,
    zero,
  };
}

/** A chain of square weight matrices with these root mean squares of their gradients, input first. */
export function chain(rms: readonly number[], width = 10): LayerGradient[] {
  return rms.map((value, i) => ({
    name: `layer${i}`,
    shape: [width, width],
    count: width * width,
    norm: value * width,
  }));
}

/** A search that found nothing but where L-BFGS gets from θ. */
export function descended(reached: number, settled = true): ElsewhereMeasurement {
  const descent = { loss: reached, gradients: 12, distance: 1, settled, lastGain: 0 };
  return { unit: 1, unitIs: 'loss', bounded: true, resolution: 1e-6, descent, scans: [], searches: [] };
}
