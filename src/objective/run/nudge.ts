import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Relative size of a perturbation: a product of many terms is off by a few roundings of 2⁻²⁴. */
const NUDGE = 2 ** -22;

/** Multiplies each number by 1 + δ, with δ uniform in ±2⁻²². */
export function nudged(theta: Float32Array, seed: number): Float32Array {
  const generator = xoroshiro128plus(seed);
  return theta.map((x) => x * (1 + (generator.next() / 2 ** 31) * NUDGE));
}
