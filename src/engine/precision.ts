import type { Precision } from '../options/options';

/** Significant bits of a float32 number. */
export const FLOAT32_BITS = 24;
/** A device that keeps fewer of a product's factors computes in TF32 (11), float16 (11) or bfloat16 (8). */
const LEAST_FLOAT32_BITS = 22;

/**
 * How many significant bits a device keeps of the factors of a product, told by A·I: every sum then has one term that is
 * not zero, and what comes back is the factor as the device rounded it.
 *   −log₂ max |yᵢ − aᵢ|/|aᵢ|, at most 24
 */
export function keptBits(given: Float32Array, returned: Float32Array): number {
  let worst = 0;
  for (let i = 0; i < given.length; i++) {
    if (given[i] === 0) continue;
    const error = Math.abs(returned[i] - given[i]) / Math.abs(given[i]);
    // NaN counts as nothing kept.
    worst = error <= worst ? worst : Number.isNaN(error) ? 1 : error;
  }
  return worst === 0 ? FLOAT32_BITS : Math.min(FLOAT32_BITS, Math.round(-Math.log2(worst)));
}

/** Whether products of so many bits are what was asked for. */
export function preciseEnough(bits: number, precision: Precision): boolean {
  return precision === 'reduced' || bits >= LEAST_FLOAT32_BITS;
}

/**
 * NVIDIA's libraries round the factors of float32 products to TF32 unless the environment says not to; the runtime's
 * package has no option for it. They read it once, when they are loaded: what a process first asks for holds. That is why
 * the bits are measured as well.
 */
export function askForPrecision(precision: Precision): void {
  if (precision === 'float32') process.env.NVIDIA_TF32_OVERRIDE = '0';
  else delete process.env.NVIDIA_TF32_OVERRIDE;
}
