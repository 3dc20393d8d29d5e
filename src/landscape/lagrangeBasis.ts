/** Exponents of x and y of a monomial. */
export type Monomial = readonly [number, number];

/** A pivot this small says that the nodes do not determine the polynomial; the coordinates are at most of size 1. */
const SINGULAR = 1e-11;

/**
 * Nodes that determine a polynomial: its values at all others, and at the origin, are combinations of those at the chosen
 * ones. One object serves many sets of nodes, because to allocate its arrays takes longer than to fill them.
 */
export class LagrangeBasis {
  /** Number of nodes, and how many of them are chosen. */
  nodes = 0;
  chosen = 0;
  /** All nodes, the chosen ones first. */
  readonly order: Uint8Array;
  /** Per other node, in this order, the weights of the chosen ones, row by row. */
  readonly lambda: Float64Array;
  /** Their weights at the origin. */
  readonly c: Float64Array;
  private readonly values: Float64Array;

  /**
   * @param mostNodes at most 255
   * @param mostTerms of a polynomial
   */
  constructor(mostNodes: number, mostTerms: number) {
    this.order = new Uint8Array(mostNodes);
    this.lambda = new Float64Array(mostNodes * mostTerms);
    this.c = new Float64Array(mostTerms);
    this.values = new Float64Array(mostTerms * (mostNodes + 1));
  }

  /**
   * Chooses the nodes by Gauss–Jordan elimination of the monomials, with the largest element of each row as pivot.
   * @param x,y coordinates of the nodes, within the unit disc
   * @param terms the monomials
   * @returns false if the nodes do not determine the polynomial
   */
  choose(x: Float64Array, y: Float64Array, nodes: number, terms: readonly Monomial[]): boolean {
    const { order, values } = this;
    const chosen = terms.length;
    if (chosen > nodes) return false;
    this.nodes = nodes;
    this.chosen = chosen;
    // The last column is the origin.
    const stride = nodes + 1;
    for (let k = 0; k < chosen; k++) {
      const [a, b] = terms[k];
      for (let i = 0; i < nodes; i++) values[k * stride + i] = power(x[i], a) * power(y[i], b);
      values[k * stride + nodes] = a + b === 0 ? 1 : 0;
    }
    for (let i = 0; i < nodes; i++) order[i] = i;
    for (let k = 0; k < chosen; k++) {
      const row = k * stride;
      const column = this.choosePivot(k, row);
      if (!(Math.abs(values[row + column]) > SINGULAR)) return false;
      const inverse = 1 / values[row + column];
      for (let j = 0; j < stride; j++) values[row + j] *= inverse;
      for (let other = 0; other < chosen * stride; other += stride) {
        const factor = values[other + column];
        if (other === row || factor === 0) continue;
        for (let j = 0; j < stride; j++) values[other + j] -= factor * values[row + j];
      }
    }
    for (let k = 0; k < chosen; k++) {
      this.c[k] = values[k * stride + nodes];
      for (let i = chosen; i < nodes; i++) this.lambda[(i - chosen) * chosen + k] = values[k * stride + order[i]];
    }
    return true;
  }

  /** Puts the node with the largest element of a row in place `k` of the order. */
  private choosePivot(k: number, row: number): number {
    const { order, values, nodes } = this;
    let place = k;
    for (let j = k + 1; j < nodes; j++) {
      if (Math.abs(values[row + order[j]]) > Math.abs(values[row + order[place]])) place = j;
    }
    const column = order[place];
    order[place] = order[k];
    order[k] = column;
    return column;
  }
}

const power = (value: number, exponent: number) => (exponent === 0 ? 1 : exponent === 1 ? value : value * value);
