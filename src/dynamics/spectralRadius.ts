/** Squarings of the matrix: its power is then 2³⁰, and the error of the radius about 1e-8 of it. */
const SQUARINGS = 30;
/** Products with AᵀA for the norm. */
const NORM_STEPS = 200;

/**
 * Spectral radius of a real matrix that need not be symmetric, by Gelfand's formula:
 *   ρ(A) = lim ‖Aᵏ‖^(1/k),  k = 2, 4, 8, …
 * Each power is scaled to norm 1 before it is squared. Unlike a power iteration this converges for complex pairs, too.
 * Cost: 30 products of matrices.
 * @param values row by row
 */
export function spectralRadius(values: ArrayLike<number>, size: number): number {
  let power = Float64Array.from(values);
  let logRadius = 0;
  for (let step = 0, share = 1; step <= SQUARINGS; step++, share /= 2) {
    const length = Math.sqrt(power.reduce((sum, x) => sum + x * x, 0));
    if (length === 0) return 0;
    logRadius += share * Math.log(length);
    power = squared(
      power.map((x) => x / length),
      size,
    );
  }
  return Math.exp(logRadius);
}

/** Largest singular value of a square matrix, by a power iteration with AᵀA. */
export function spectralNorm(values: ArrayLike<number>, size: number): number {
  // A start that no usual matrix maps to zero.
  let vector = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 7919) % 101) / 101);
  let norm = 0;
  for (let step = 0; step < NORM_STEPS; step++) {
    const length = Math.hypot(...vector);
    if (length === 0) return 0;
    const unit = vector.map((x) => x / length);
    const image = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) image[i] += values[i * size + j] * unit[j];
    norm = Math.hypot(...image);
    vector = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) vector[j] += values[i * size + j] * image[i];
  }
  return norm;
}

function squared(a: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k];
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) result[i * size + j] += factor * a[k * size + j];
    }
  }
  return result;
}
