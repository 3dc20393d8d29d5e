import { FINITE, NOT_FINITE, MeasuredAround, UNKNOWN } from './nodes';
import type { NodeWeights, Power } from './polyharmonic';
import { weightsAtOrigin } from './polyharmonic';

/** Values over a grid, row by row; undefined if unknown. */
export type Sparse = readonly (number | undefined)[];

/** The nodes of a point, and their weights. */
export interface Stencil extends NodeWeights {
  nodes: readonly number[];
}

/** A grid of which some points were measured. */
export interface KnownGrid {
  /** The stencil of a point; null where too few finite points are in sight. A measured point is no node of its own. */
  stencil: (p: number, power: Power) => Stencil | null;
  /** Measured points around this one, near ones in every direction. */
  around: (p: number) => number[];
}

/**
 * Interpolates between points that lie anywhere on a grid. Each value follows from the nearest measured points, by
 * polyharmonic splines that reproduce polynomials of degree two. Distances count in points of the grid, so that both axes
 * weigh the same.
 * Cost: at most one small system of equations per point and power. Weights are kept while the nodes stay the same, and
 * points with the same nodes around them share them where the grid is even.
 * @returns what is known of the grid with these measurements. It depends on nothing else.
 */
export function interpolator(xs: readonly number[], ys: readonly number[]): (measured: Sparse) => KnownGrid {
  const width = xs.length;
  const [x, y] = [inPoints(xs), inPoints(ys)];
  const sharing = isEven(x) && isEven(y);
  const shared = { 3: new Map<string, NodeWeights | null>(), 5: new Map<string, NodeWeights | null>() };
  const kept = { 3: new Map<number, Kept>(), 5: new Map<number, Kept>() };

  const weightsOf = (p: number, nodes: readonly number[], power: Power): NodeWeights | null => {
    const before = kept[power].get(p);
    if (before && isSame(before.nodes, nodes)) return before.weights;
    const [row, column] = [Math.floor(p / width), p % width];
    const weigh = () =>
      weightsAtOrigin(
        nodes.map((q) => x[q % width] - x[column]),
        nodes.map((q) => y[Math.floor(q / width)] - y[row]),
        power,
      );
    /** The weights of these nodes around any point of an even grid. */
    const sharedWeights = () => {
      const place = (q: number) => 256 * (Math.floor(q / width) - row + 128) + (q % width) - column + 128;
      const pattern = String.fromCharCode(...nodes.map(place));
      if (!shared[power].has(pattern)) shared[power].set(pattern, weigh());
      return shared[power].get(pattern) ?? null;
    };
    const weights = sharing ? sharedWeights() : weigh();
    kept[power].set(p, { nodes, weights });
    return weights;
  };

  return (measured) => {
    const states = Uint8Array.from(measured, (value) =>
      value === undefined ? UNKNOWN : Number.isFinite(value) ? FINITE : NOT_FINITE,
    );
    const surroundings = new MeasuredAround(states, width);
    const found = new Map<number, readonly number[]>();
    const nodesOf = (p: number) => {
      let nodes = found.get(p);
      if (!nodes) found.set(p, (nodes = surroundings.nodesOf(p)));
      return nodes;
    };
    return {
      stencil: (p, power) => {
        const nodes = nodesOf(p);
        const weights = weightsOf(p, nodes, power);
        return weights && { nodes, ...weights };
      },
      around: (p) => surroundings.around(p),
    };
  };
}

interface Kept {
  nodes: readonly number[];
  weights: NodeWeights | null;
}

/** Σᵢ wᵢ·v(xᵢ) */
export function weighted(values: Sparse, { nodes, weights }: Stencil): number {
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += weights[i] * values[nodes[i]]!;
  return sum;
}

/** The values of an axis in units of its mean spacing. */
function inPoints(values: readonly number[]): number[] {
  const spacing = (values[values.length - 1] - values[0]) / (values.length - 1) || 1;
  return values.map((value) => (value - values[0]) / spacing);
}

const isEven = (places: readonly number[]) => places.every((place, i) => Math.abs(place - i) < 1e-6);

const isSame = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((q, i) => q === b[i]);
