import { LagrangeBasis } from './lagrangeBasis';
import type { Monomial } from './lagrangeBasis';

/** How the value at a point follows from the values at some nodes, by two kernels. */
export interface NodeWeights {
  /** r³ bends less beside a kink. */
  cubic: readonly number[];
  /** r⁵ is closer to a smooth function. */
  quintic: readonly number[];
  /** The standard deviation of the value at the point, where the loss is a random field that has the cubic spline as mean. */
  deviation: number;
}

/** A pivot this small says that the nodes do not determine the spline; all elements are of size 1. */
const SINGULAR = 1e-11;
const MONOMIALS: readonly Monomial[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [2, 0],
  [1, 1],
  [0, 2],
];

/**
 * Weights of nodes at the origin, by polyharmonic splines with a polynomial: for φ(r) = r³ and r⁵,
 *   [Φ P; Pᵀ 0]·[w; μ] = [φ; p],  Φᵢⱼ = φ(|xᵢ − xⱼ|),  φᵢ = φ(|xᵢ|),  p the monomials at the origin,
 *   deviation² = |wᵀφ + μᵀp|
 * Polynomials of degree two are reproduced, or of a lower degree where the nodes determine no more.
 * @see Wendland 2004, Scattered Data Approximation, chapters 8 and 11 (the deviation is there the power function); Flyer
 *   et al. 2016, Journal of Computational Physics 321, 21 (few nodes, with polynomials)
 */
export class PolyharmonicWeights {
  private readonly basis: LagrangeBasis;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly cubes: Float64Array;
  private readonly fifths: Float64Array;
  private readonly system: ReducedSystem;

  /** @param most number of nodes */
  constructor(most: number) {
    this.basis = new LagrangeBasis(most, MONOMIALS.length);
    this.x = new Float64Array(most);
    this.y = new Float64Array(most);
    this.cubes = new Float64Array((most * (most + 1)) / 2);
    this.fifths = new Float64Array((most * (most + 1)) / 2);
    this.system = new ReducedSystem(most);
  }

  /**
   * Cost: about 2·n³/3 multiplications for n nodes
   * @param x,y coordinates of the nodes, relative to the point
   * @returns null if the nodes determine no plane, or no straight line where all lie on one axis
   */
  atOrigin(x: ArrayLike<number>, y: ArrayLike<number>): NodeWeights | null {
    const nodes = x.length;
    const [columns, rows] = [distinct(x), distinct(y)];
    // Nodes on one line say nothing about a point beside it.
    if (nodes === 0 || (columns === 1 && x[0] !== 0) || (rows === 1 && y[0] !== 0)) return null;
    let squared = 0;
    for (let i = 0; i < nodes; i++) squared = Math.max(squared, x[i] * x[i] + y[i] * y[i]);
    // Within the unit disc all powers are of one size. The weights are the same, and the deviation scales with r^(3/2).
    const radius = Math.sqrt(squared);
    for (let i = 0; i < nodes; i++) {
      this.x[i] = x[i] / radius;
      this.y[i] = y[i] / radius;
    }
    for (const degree of [2, 1]) {
      // Nodes on few lines determine fewer monomials.
      const terms = MONOMIALS.filter(([a, b]) => a + b <= degree && a < columns && b < rows);
      if (!this.basis.choose(this.x, this.y, nodes, terms)) continue;
      this.fillKernels(nodes);
      const quintic = this.system.solve(this.fifths, this.basis);
      const cubic = this.system.solve(this.cubes, this.basis);
      if (!cubic || !quintic) continue;
      return { cubic, quintic, deviation: Math.sqrt(Math.abs(this.system.variance) * radius ** 3) };
    }
    return null;
  }

  /** r³ and r⁵ between the nodes in the order of the basis: a lower triangle without its diagonal. The last row is the origin's. */
  private fillKernels(nodes: number): void {
    const { x, y, cubes, fifths } = this;
    const { order } = this.basis;
    for (let i = 0, at = 0; i <= nodes; i++) {
      const ownX = i < nodes ? x[order[i]] : 0;
      const ownY = i < nodes ? y[order[i]] : 0;
      for (let j = 0; j < i; j++, at++) {
        const dx = ownX - x[order[j]];
        const dy = ownY - y[order[j]];
        const squared = dx * dx + dy * dy;
        cubes[at] = squared * Math.sqrt(squared);
        fifths[at] = squared * cubes[at];
      }
    }
  }
}

/** Number of different places, counted up to three. */
function distinct(places: ArrayLike<number>): number {
  let second = places[0];
  for (let i = 1; i < places.length; i++) {
    if (places[i] === places[0] || places[i] === second) continue;
    if (second !== places[0]) return 3;
    second = places[i];
  }
  return second === places[0] ? 1 : 2;
}

/**
 * The equations of a spline without its polynomial. That is determined by as many nodes S as it has terms; the weights of
 * the others, R, are free, and the kernel is definite among them:
 *   w_S = c − Λᵀ·w_R,  N = (−Λᵀ; I),  w₀ = (c; 0)
 *   NᵀΦN·w_R = b = Nᵀ(φ − Φ·w₀),  variance = wᵀΦw − 2·wᵀφ = w₀ᵀΦw₀ − 2·w₀ᵀφ − bᵀ·w_R
 */
class ReducedSystem {
  private readonly weights: Float64Array;
  variance = 0;
  private readonly amongChosen = new Float64Array(MONOMIALS.length ** 2);
  /** Φ_SS·c */
  private readonly weighed = new Float64Array(MONOMIALS.length);
  /** Φ_RS − ½·Λ·Φ_SS. The matrix is Φ_RR − half·Λᵀ − Λ·halfᵀ. */
  private readonly half: Float64Array;
  private readonly matrix: Float64Array;
  private readonly side: Float64Array;
  private readonly right: Float64Array;

  constructor(most: number) {
    this.weights = new Float64Array(most);
    this.half = new Float64Array(most * MONOMIALS.length);
    this.matrix = new Float64Array(most ** 2);
    this.side = new Float64Array(most);
    this.right = new Float64Array(most);
  }

  /**
   * @param phi the kernel between the nodes in the order of the basis, then to the origin: a triangle without its diagonal
   * @returns the weights, and null if the nodes do not determine the spline
   */
  solve(phi: Float64Array, basis: LagrangeBasis): number[] | null {
    this.weighChosen(phi, basis);
    this.fill(phi, basis);
    const { nodes, chosen, order, lambda, c } = basis;
    const { weights, side, right } = this;
    const free = nodes - chosen;
    right.set(side);
    if (!solveDefinite(this.matrix, side, free)) return null;
    for (let k = 0; k < chosen; k++) weights[order[k]] = c[k];
    for (let i = 0; i < free; i++) {
      const weight = side[i];
      this.variance -= right[i] * weight;
      weights[order[chosen + i]] = weight;
      for (let k = 0; k < chosen; k++) weights[order[k]] -= lambda[i * chosen + k] * weight;
    }
    const found: number[] = [];
    for (let i = 0; i < nodes; i++) found.push(weights[i]);
    return found;
  }

  private weighChosen(phi: Float64Array, { nodes, chosen, c }: LagrangeBasis): void {
    const { amongChosen, weighed } = this;
    const origin = (nodes * (nodes - 1)) / 2;
    for (let k = 0, at = 0; k < chosen; k++) {
      amongChosen[k * chosen + k] = 0;
      for (let l = 0; l < k; l++, at++) amongChosen[k * chosen + l] = amongChosen[l * chosen + k] = phi[at];
    }
    this.variance = 0;
    for (let k = 0; k < chosen; k++) {
      let sum = 0;
      for (let l = 0; l < chosen; l++) sum += amongChosen[k * chosen + l] * c[l];
      weighed[k] = sum;
      this.variance += c[k] * (sum - 2 * phi[origin + k]);
    }
  }

  private fill(phi: Float64Array, { nodes, chosen, lambda, c }: LagrangeBasis): void {
    const { amongChosen, weighed, half, matrix, side } = this;
    const free = nodes - chosen;
    const origin = (nodes * (nodes - 1)) / 2;
    for (let i = 0; i < free; i++) {
      const own = i * chosen;
      let at = ((chosen + i) * (chosen + i - 1)) / 2;
      let right = phi[origin + chosen + i];
      for (let k = 0; k < chosen; k++, at++) {
        let sum = 0;
        for (let l = 0; l < chosen; l++) sum += lambda[own + l] * amongChosen[k * chosen + l];
        const element = phi[at] - 0.5 * sum;
        half[own + k] = element;
        right -= lambda[own + k] * (phi[origin + k] - 0.5 * weighed[k]) + element * c[k];
      }
      side[i] = right;
      for (let j = 0, other = 0; j <= i; j++, at++) {
        let sum = j < i ? phi[at] : 0;
        for (let k = 0; k < chosen; k++, other++) sum -= half[own + k] * lambda[other] + lambda[own + k] * half[other];
        matrix[i * free + j] = sum;
      }
    }
  }
}

/**
 * Solves A·z = b by A = L·D·Lᵀ without pivoting, for a definite A of n rows.
 * @param a lower triangle in full rows; is overwritten with L and, on the diagonal, 1/D
 * @param b becomes z
 * @returns false if A is singular
 */
function solveDefinite(a: Float64Array, b: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 1; j < i; j++) {
      const above = j * n;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[above + k];
      a[row + j] = sum;
    }
    let pivot = a[row + i];
    let right = b[i];
    for (let j = 0; j < i; j++) {
      const element = a[row + j] * a[j * n + j];
      pivot -= a[row + j] * element;
      right -= element * b[j];
      a[row + j] = element;
    }
    if (!(Math.abs(pivot) > SINGULAR)) return false;
    a[row + i] = 1 / pivot;
    b[i] = right;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] * a[i * n + i];
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i] * b[k];
    b[i] = sum;
  }
  return true;
}
