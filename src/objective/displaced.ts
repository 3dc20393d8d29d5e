import type { Displacement } from './objective';

/** Computes θ + α·d₁ + β·d₂, rounded to float32 once. */
export function displaced(theta: Float32Array, { d1, d2, alpha, beta }: Displacement): Float32Array {
  return theta.map((x, i) => x + alpha * d1[i] + (d2 ? beta * d2[i] : 0));
}
