import { mean, standardError } from '../numerics/statistics';
import { axpy, dot } from '../numerics/vectors';
import type { Estimate } from '../report/curvature';
import type { KnownPair } from './eigenpair';

/** A subset of the parameters, as pieces of θ: one tensor, or the tensors of a layer. */
export interface ParameterPart {
  name: string;
  ranges: readonly { offset: number; count: number }[];
}

export interface PartEstimate {
  name: string;
  /** Σ Hᵢᵢ over the part. */
  trace: Required<Estimate>;
  /** √(Σᵢ Σⱼ Hᵢⱼ²), i in the part. */
  rowNorm: Required<Estimate>;
  /** Standard deviation of Hᵢᵢ within the part; absent if the diagonal was not kept. */
  diagonalSpread?: number;
}

/** Hᵢᵢ and its standard error, [dim] each. */
interface Diagonal {
  value: Float64Array;
  standardError: Float64Array;
}

/**
 * Estimates the diagonal and the rows of H, in total and for parts of θ, from products with Rademacher probes z:
 *   Hᵢᵢ = E zᵢ(Hz)ᵢ,   Σⱼ Hᵢⱼ² = E (Hz)ᵢ²
 * Known eigenpairs (λₖ, xₖ) are taken out first: with H = XΛXᵀ + R and R·X = 0,
 *   Hᵢᵢ = Σₖ λₖxₖᵢ² + E zᵢ(Rz)ᵢ,   Σⱼ Hᵢⱼ² = Σₖ λₖ²xₖᵢ² + E (Rz)ᵢ²
 * so that only the bulk is left to chance. Cost per probe: a pass over z and Hz for each pair and part. Memory: two
 * vectors if the diagonal is kept, else none.
 * @see Bekas, Kokiopoulou & Saad 2007, Appl. Numer. Math. 57 (stochastic diagonal)
 */
export class PartMoments {
  private readonly traces: number[][];
  private readonly squares: number[][];
  private readonly totals: number[] = [];
  private readonly knownOf = new Map<string, { trace: number; square: number }>();
  private readonly diagonalSums: { first: Float64Array; second: Float64Array } | null;

  constructor(
    private readonly parts: readonly ParameterPart[],
    private readonly dim: number,
    private readonly eigenpairs: readonly KnownPair[] = [],
    keepDiagonal = false,
  ) {
    this.traces = parts.map(() => []);
    this.squares = parts.map(() => []);
    this.diagonalSums = keepDiagonal ? { first: new Float64Array(dim), second: new Float64Array(dim) } : null;
  }

  /**
   * Adds a probe and its product.
   * @param image H·z; overwritten, because the known eigenpairs are removed from it
   * @returns the probe's estimate of tr H
   */
  add(z: Float32Array, image: Float32Array): number {
    for (const { value, vector } of this.eigenpairs) axpy(-value * dot(vector, z), vector, image);
    this.parts.forEach(({ ranges }, p) => {
      const sumOver = (of: (from: number, to: number) => number) =>
        ranges.reduce((total, { offset, count }) => total + of(offset, offset + count), 0);
      this.traces[p].push(sumOver((from, to) => partialDot(z, image, from, to) + this.known(from, to).trace));
      this.squares[p].push(sumOver((from, to) => partialDot(image, image, from, to) + this.known(from, to).square));
    });
    this.totals.push(dot(image, image) + this.known(0, this.dim).square);
    if (this.diagonalSums) {
      const { first, second } = this.diagonalSums;
      for (let i = 0; i < this.dim; i++) {
        const entry = z[i] * image[i];
        first[i] += entry;
        second[i] += entry * entry;
      }
    }
    return dot(z, image) + this.known(0, this.dim).trace;
  }

  /** ‖H‖_F */
  frobenius(): Required<Estimate> {
    return rootOf(this.totals);
  }

  estimates(): PartEstimate[] {
    const diagonal = this.diagonal();
    return this.parts.map(({ name, ranges }, p) => ({
      name,
      trace: { value: mean(this.traces[p]), standardError: standardError(this.traces[p]) },
      rowNorm: rootOf(this.squares[p]),
      ...(diagonal ? { diagonalSpread: spreadOver(diagonal, ranges) } : {}),
    }));
  }

  /** Hᵢᵢ and its standard error, [dim]; null where it was not kept. */
  diagonal(): Diagonal | null {
    if (!this.diagonalSums) return null;
    const { first, second } = this.diagonalSums;
    const probes = this.totals.length;
    const value = first.map((sum) => sum / probes);
    const error = second.map((sum, i) => Math.sqrt(Math.max(0, sum / probes - value[i] ** 2) / (probes - 1)));
    for (const { value: lambda, vector } of this.eigenpairs) {
      for (let i = 0; i < this.dim; i++) value[i] += lambda * vector[i] ** 2;
    }
    return { value, standardError: error };
  }

  /** Contribution of the known eigenpairs to the trace and to the squared rows of the entries from … to; the same for each probe. */
  private known(from: number, to: number): { trace: number; square: number } {
    const key = `${from}…${to}`;
    let known = this.knownOf.get(key);
    if (!known) {
      known = { trace: 0, square: 0 };
      for (const { value, vector } of this.eigenpairs) {
        const share = partialDot(vector, vector, from, to);
        known.trace += value * share;
        known.square += value ** 2 * share;
      }
      this.knownOf.set(key, known);
    }
    return known;
  }
}

/** √ of a mean, with its error to first order. */
function rootOf(squares: readonly number[]): Required<Estimate> {
  const value = Math.sqrt(mean(squares));
  return { value, standardError: value > 0 ? standardError(squares) / (2 * value) : 0 };
}

function partialDot(x: Float32Array, y: Float32Array, from: number, to: number): number {
  return dot(x.subarray(from, to), y.subarray(from, to));
}

/**
 * Standard deviation of the entries of a diagonal over ranges. The estimates vary with the entries and with the probes.
 * The known variance over the probes is subtracted.
 */
function spreadOver({ value, standardError: error }: Diagonal, ranges: ParameterPart['ranges']): number {
  let [count, sum, square, chance] = [0, 0, 0, 0];
  for (const { offset, count: length } of ranges) {
    for (let i = offset; i < offset + length; i++) {
      count++;
      sum += value[i];
      square += value[i] ** 2;
      chance += error[i] ** 2;
    }
  }
  return Math.sqrt(Math.max(0, square / count - (sum / count) ** 2 - chance / count));
}
