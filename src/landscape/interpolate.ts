import { FINITE, NOT_FINITE, MeasuredAround, UNKNOWN } from './nodes';
import type { NodeWeights } from './polyharmonic';
import { PolyharmonicWeights } from './polyharmonic';

/** Values over a grid, row by row; undefined if unknown. */
export type Sparse = readonly (number | undefined)[];

/** The nodes of a point, and their weights. */
export interface Stencil extends NodeWeights {
  nodes: readonly number[];
}

/** A grid of which some points were measured. */
export interface KnownGrid {
  /** The stencil of a point; null where too few finite points are in sight. A measured point is no node of its own. */
  stencil: (p: number) => Stencil | null;
  /** Measured points around this one, near ones in every direction. */
  around: (p: number) => number[];
  /** Whether any measured value is not finite. */
  isTorn: boolean;
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
  const isShared = isEven(x) && isEven(y);
  const shared = new Map<string, NodeWeights | null>();
  const kept: (Kept | undefined)[] = Array.from({ length: width * ys.length });
  const surroundings = new MeasuredAround(width, ys.length);
  const weights = new PolyharmonicWeights(surroundings.most);

  const weigh = (p: number, nodes: readonly number[]) => {
    const row = Math.floor(p / width);
    const column = p % width;
    return weights.atOrigin(
      nodes.map((q) => x[q % width] - x[column]),
      nodes.map((q) => y[Math.floor(q / width)] - y[row]),
    );
  };
  /** The weights of these nodes around any point of an even grid. */
  const sharedWeights = (p: number, nodes: readonly number[]) => {
    const row = Math.floor(p / width);
    const column = p % width;
    const place = (q: number) => 256 * (Math.floor(q / width) - row + 128) + (q % width) - column + 128;
    const pattern = String.fromCharCode(...nodes.map(place));
    let found = shared.get(pattern);
    if (found === undefined) shared.set(pattern, (found = weigh(p, nodes)));
    return found;
  };
  const stencilOf = (p: number): Stencil | null => {
    const nodes = surroundings.nodesOf(p);
    const before = kept[p];
    if (before?.nodes === nodes) return before.stencil;
    const found = (isShared ? sharedWeights : weigh)(p, nodes);
    const stencil = found && { nodes, ...found };
    kept[p] = { nodes, stencil };
    return stencil;
  };

  return (measured) => {
    surroundings.update(
      measured.map((value) => (value === undefined ? UNKNOWN : Number.isFinite(value) ? FINITE : NOT_FINITE)),
    );
    return { stencil: stencilOf, around: (p) => surroundings.around(p), isTorn: surroundings.isTorn };
  };
}

interface Kept {
  nodes: readonly number[];
  stencil: Stencil | null;
}

/** Σᵢ wᵢ·v(xᵢ) */
export function weighted(values: ArrayLike<number>, nodes: readonly number[], weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += weights[i] * values[nodes[i]];
  return sum;
}

/** The values of an axis in units of its mean spacing. */
function inPoints(values: readonly number[]): number[] {
  const spacing = (values[values.length - 1] - values[0]) / (values.length - 1) || 1;
  return values.map((value) => (value - values[0]) / spacing);
}

const isEven = (places: readonly number[]) => places.every((place, i) => Math.abs(place - i) < 1e-6);
