import type { Precision } from '../options/options';

/** Significant bits of a float32 number. */
export const FLOAT32_BITS = 24;
/** A device that keeps fewer of a product's factors computes in TF32 (11), float16 (11) or bfloat16 (8). */
const LEAST_FLOAT32_BITS = 22;

/**
 * Number of significant bits that a device keeps of the factors of a product, measured by A·I. Every sum then has a single
 * nonzero term, so the result is the factor as the device rounded it.
 *   −log₂ max |yᵢ − aᵢ|/|aᵢ|, at most 24
 */
export function keptBits(given: Float32Array, returned: Float32Array): number {
  let worst = 0;
  for (let i = 0; i < given.length; i++) {
    if (given[i] === 0) continue;
    const error = Math.abs(returned[i] - given[i]) / Math.abs(given[i]);
    // NaN counts as no bits kept.
    worst = error <= worst ? worst : Number.isNaN(error) ? 1 : error;
  }
  return worst === 0 ? FLOAT32_BITS : Math.min(FLOAT32_BITS, Math.round(-Math.log2(worst)));
}

/** Whether products of so many bits satisfy the requested precision. */
export function preciseEnough(bits: number, precision: Precision): boolean {
  return precision === 'reduced' || bits >= LEAST_FLOAT32_BITS;
}

/**
 * NVIDIA's libraries round the factors of float32 products to TF32 unless the environment forbids it; the runtime's
 * package has no option for it. The libraries read the environment once, when they are loaded, so the first request of a
 * process decides. The bits are therefore also measured.
 */
export function askForPrecision(precision: Precision): void {
  if (precision === 'float32') process.env.NVIDIA_TF32_OVERRIDE = '0';
  else delete process.env.NVIDIA_TF32_OVERRIDE;
}
