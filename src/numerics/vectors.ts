/**
 * x·y, accumulated in float64.
 * Four sums run side by side. They do not wait for each other, and each rounds less than one long sum.
 */
export function dot(x: Float32Array, y: Float32Array): number {
  sameLength(x, y);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (const whole = x.length - 3; i < whole; i += 4) {
    a += x[i] * y[i];
    b += x[i + 1] * y[i + 1];
    c += x[i + 2] * y[i + 2];
    d += x[i + 3] * y[i + 3];
  }
  for (; i < x.length; i++) a += x[i] * y[i];
  return a + b + (c + d);
}

/** ‖x‖₂. Float32 squares neither overflow nor vanish in float64, so no scaling is needed. */
export function norm(x: Float32Array): number {
  return Math.sqrt(dot(x, x));
}

/** y ← y + a·x */
export function axpy(a: number, x: Float32Array, y: Float32Array): void {
  sameLength(x, y);
  for (let i = 0; i < y.length; i++) y[i] = y[i] + a * x[i];
}

/** x ← a·x */
export function scale(a: number, x: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i] * a;
}

/** a·x as a new vector. */
export function scaled(a: number, x: Float32Array): Float32Array {
  const result = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) result[i] = x[i] * a;
  return result;
}

/**
 * x ← x / ‖x‖, returns the norm it had. A zero vector stays zero.
 */
export function normalize(x: Float32Array): number {
  const length = norm(x);
  if (length > 0) for (let i = 0; i < x.length; i++) x[i] = x[i] / length;
  return length;
}

function sameLength(x: Float32Array, y: Float32Array): void {
  if (x.length !== y.length) throw new Error(`Vectors of length ${x.length} and ${y.length} do not go together.`);
}
