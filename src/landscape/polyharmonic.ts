/** How the value at a point follows from the values at some nodes. */
export interface NodeWeights {
  weights: Float64Array;
  /** The standard deviation of the value at the point, where the loss is a random field that has this spline as mean. */
  deviation: number;
}

/** r³ bends less beside a kink, r⁵ is closer to a smooth function. */
export type Power = 3 | 5;

/** A pivot this small says that the nodes do not determine the polynomial; the elements are at most of size 2⁵. */
const SINGULAR = 1e-11;
/** Exponents of x and y of the monomials. */
const MONOMIALS: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [2, 0],
  [1, 1],
  [0, 2],
];

/**
 * Weights of the nodes at the origin, by a polyharmonic spline with a polynomial: for φ(r) = r³ or r⁵,
 *   [Φ P; Pᵀ 0]·[w; μ] = [φ; p],  Φᵢⱼ = φ(|xᵢ − xⱼ|),  φᵢ = φ(|xᵢ|),  p the monomials at the origin,
 *   deviation² = |wᵀφ + μᵀp|
 * Polynomials of degree two are reproduced, or of a lower degree where the nodes determine no more.
 * Cost: (n + 6)³/3 multiplications for n nodes
 * @param x,y coordinates of the nodes, relative to the point
 * @returns null if the nodes determine no plane, or no straight line where all lie on one axis
 * @see Wendland 2004, Scattered Data Approximation, chapters 8 and 11 (the deviation is there the power function); Flyer
 *   et al. 2016, Journal of Computational Physics 321, 21 (few nodes, with polynomials)
 */
export function weightsAtOrigin(x: readonly number[], y: readonly number[], power: Power): NodeWeights | null {
  if (x.length === 0 || isBeside(x) || isBeside(y)) return null;
  let squared = 0;
  for (let i = 0; i < x.length; i++) squared = Math.max(squared, x[i] * x[i] + y[i] * y[i]);
  // Within the unit disc all powers are of one size. The weights are the same, and the deviation scales with r^(power/2).
  const radius = Math.sqrt(squared);
  const [columns, rows] = [distinct(x), distinct(y)];
  for (const degree of [2, 1]) {
    // Nodes on few lines determine fewer monomials.
    const terms = MONOMIALS.filter(([a, b]) => a + b <= degree && a < columns && b < rows);
    if (terms.length > x.length) continue;
    const found = solve(x, y, { power, terms, scale: 1 / radius });
    if (found) return { weights: found.weights, deviation: Math.sqrt(Math.abs(found.variance) * radius ** power) };
  }
  return null;
}

/** Whether the nodes lie on one line that misses the origin. */
const isBeside = (places: readonly number[]) => places[0] !== 0 && places.every((place) => place === places[0]);

/** Number of different places, counted up to three. */
function distinct(places: readonly number[]): number {
  const second = places.find((place) => place !== places[0]);
  if (second === undefined) return 1;
  return places.some((place) => place !== places[0] && place !== second) ? 3 : 2;
}

/** Scratch space: the augmented matrix. */
let scratch = new Float64Array(0);

function solve(
  x: readonly number[],
  y: readonly number[],
  { power, terms, scale }: { power: Power; terms: readonly (readonly [number, number])[]; scale: number },
): { weights: Float64Array; variance: number } | null {
  const nodes = x.length;
  const n = nodes + terms.length;
  const stride = n + 1;
  if (scratch.length < n * stride) scratch = new Float64Array(n * stride);
  const a = scratch;
  const kernel = (dx: number, dy: number) => {
    const squared = (dx * dx + dy * dy) * scale * scale;
    return (power === 3 ? squared : squared * squared) * Math.sqrt(squared);
  };
  a.fill(0, nodes * stride, n * stride);
  for (let i = 0; i < nodes; i++) {
    a[i * stride + i] = 0;
    for (let j = 0; j < i; j++) a[i * stride + j] = a[j * stride + i] = kernel(x[i] - x[j], y[i] - y[j]);
    a[i * stride + n] = kernel(x[i], y[i]);
    for (let k = 0; k < terms.length; k++) {
      const value = (x[i] * scale) ** terms[k][0] * (y[i] * scale) ** terms[k][1];
      a[i * stride + nodes + k] = a[(nodes + k) * stride + i] = value;
    }
  }
  a[nodes * stride + n] = 1;
  const side = Float64Array.from({ length: n }, (_, i) => a[i * stride + n]);
  if (!eliminate(a, n)) return null;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += side[i] * a[i * stride + n];
  return { weights: Float64Array.from({ length: nodes }, (_, i) => a[i * stride + n]), variance };
}

/** Solves A·z = b by elimination with partial pivoting. b is the last column and becomes z. False if A is singular. */
function eliminate(a: Float64Array, n: number): boolean {
  const stride = n + 1;
  for (let k = 0; k < n; k++) {
    const top = k * stride;
    let pivot = top;
    for (let row = top + stride; row < n * stride; row += stride) {
      if (Math.abs(a[row + k]) > Math.abs(a[pivot + k])) pivot = row;
    }
    if (!(Math.abs(a[pivot + k]) > SINGULAR)) return false;
    if (pivot !== top) {
      for (let j = k; j <= n; j++) {
        const element = a[top + j];
        a[top + j] = a[pivot + j];
        a[pivot + j] = element;
      }
    }
    const inverse = 1 / a[top + k];
    for (let row = top + stride; row < n * stride; row += stride) {
      const factor = a[row + k] * inverse;
      if (factor === 0) continue;
      for (let j = k + 1; j <= n; j++) a[row + j] -= factor * a[top + j];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    const top = k * stride;
    let sum = a[top + n];
    for (let j = k + 1; j < n; j++) sum -= a[top + j] * a[j * stride + n];
    a[top + n] = sum / a[top + k];
  }
  return true;
}
