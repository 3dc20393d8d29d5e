import type { NoiseMeasurement } from '../report/sections/dynamics/noise';

/**
 * The noise of gradients of N samples, from d²ᵢ = ‖gᵢ − g‖² of n of them:
 *   tr Σ = N/(N − 1) · 1/n Σᵢ d²ᵢ,  B = tr Σ/‖g‖²,  unbiased B = tr Σ/(‖g‖² − tr Σ/N).
 * The error is that of the mean over n samples of N, √((1 − n/N)·var(d²)/n); it is 0 for n = N.
 * @returns null for fewer than two samples, which have no spread
 * @see McCandlish et al. 2018, arXiv:1812.06162, section 2.2 and appendix A.1
 */
export function gradientNoise(
  squares: Float64Array,
  { samples, gradientNorm }: { samples: number; gradientNorm: number },
): NoiseMeasurement | null {
  const used = squares.length;
  if (samples < 2 || used < 2) return null;
  const mean = squares.reduce((sum, square) => sum + square, 0) / used;
  const variance = squares.reduce((sum, square) => sum + (square - mean) ** 2, 0) / (used - 1);
  const unbiased = samples / (samples - 1);
  const trace = unbiased * mean;
  const error = unbiased * Math.sqrt(((1 - used / samples) * variance) / used);
  const signal = gradientNorm ** 2 - trace / samples;
  return {
    traceOfCovariance: { value: trace, error },
    scale: { value: trace / gradientNorm ** 2, error: error / gradientNorm ** 2 },
    ...(signal > 0 ? { unbiasedScale: trace / signal } : {}),
    gradientStandardError: Math.sqrt(trace / samples),
    samplesUsed: used,
  };
}
