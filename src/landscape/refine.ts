import { allowedErrors } from './allowedErrors';
import { pointsOf } from './grid';
import type { Mesh } from './grid';
import { interpolateTo } from './interpolate';
import type { Sparse } from './interpolate';

/** A partly measured grid; arrays hold one entry per point, row by row. */
export interface Picture {
  xs: readonly number[];
  ys: readonly number[];
  /** Nested, coarse to fine; the last is the whole grid. */
  meshes: readonly Mesh[];
  /** The mesh that is measured in full. */
  least: number;
  /** Measured losses; undefined elsewhere. */
  measured: Sparse;
}

export interface Refinement {
  /** Measured or interpolated losses. NaN if neither is possible yet. */
  values: number[];
  /** Estimated absolute error of each value: 0 if it was measured, ∞ if it is unknown. */
  errors: number[];
  /** Points to measure next; empty if no estimate exceeds the tolerance. */
  wanted: number[];
}

/**
 * The estimated error is the surplus of the previous mesh times this. Halving the gap divides the error of a cubic by 16
 * if the loss is smooth. At a kink, the error depends on where the kink lies between the points: the worst place of the
 * finer mesh has an error 1.8 times the surplus that the coarser one shows.
 */
const SAFETY = 2;
/** A surplus in a neighbouring cell counts half, because its ridge may continue into this cell. */
const NEIGHBOUR = 0.5;
/**
 * Weight of the previous mesh's surplus for a cell whose centre was measured. The centre has the largest error of a smooth
 * loss, but the errors along x and along y may cancel there, so the earlier surplus still counts (1/16 expected).
 */
const SMOOTH = 1 / 4;

/** Smallest credible estimate, because float32 rounding is not smooth. */
const LEAST_ESTIMATE = 0.01;

/**
 * Decides where to measure a picture next and what it shows meanwhile. A new measured point p of a mesh gives
 *   excess(p) = |L(p) − the value that the previous mesh interpolates at p| / allowed error at p
 * A cell is done if SAFETY · excess ≤ 1 for the points that cut it out of the previous mesh and, halved, for those around.
 * Otherwise its centre is measured. The cell is then done if SAFETY · excess ≤ 1 for all points inside it and in the cells
 * next to it, and SMOOTH · excess ≤ 1 for the previous mesh. Otherwise it is cut, and its parts are judged in the same
 * way. Cells where finite and non-finite values meet are always cut. The function is pure: the same measurements give the
 * same answer. It measures nothing and costs some operations per point and mesh. It misses features between the points of
 * the mesh measured in full that leave no trace at them.
 * @param tolerance as a fraction of the range, see `allowedErrors`
 * @see Harten 1995, Communications on Pure and Applied Mathematics 48, 1305: surplus of nested interpolation
 */
export function refine(picture: Picture, tolerance: number): Refinement {
  const { meshes, measured, xs, least } = picture;
  const { values, surplus, level } = interpolateAll(picture);
  const allowed = allowedErrors(values, tolerance);
  const excess = surplus.map((value, p) => value && value / (allowed[p] || 1));
  const wanted = new Set<number>();
  let estimates = values.map(() => Infinity);
  let coarser: Cells | null = null;
  for (let k = least; k + 1 < meshes.length && wanted.size === 0; k++) {
    const cells: Cells = judgeCells(picture, k, { values, excess, level }, coarser);
    estimates = values.map(() => 0);
    for (const { box, estimate, next } of cells.flat()) {
      for (const p of pointsIn(box, meshes[meshes.length - 1], xs.length))
        estimates[p] = Math.max(estimates[p], estimate);
      for (const p of next) wanted.add(p);
    }
    coarser = cells;
  }
  const errorOf = (p: number) =>
    Number.isFinite(values[p]) ? Math.max(estimates[p], LEAST_ESTIMATE) * allowed[p] : estimates[p] && Infinity;
  return {
    values,
    errors: values.map((_, p) => (measured[p] === undefined ? errorOf(p) : 0)),
    wanted: [...wanted],
  };
}

/** Rows and columns of the grid that a cell spans, both ends included. */
interface Box {
  rows: [number, number];
  columns: [number, number];
}

interface Cell {
  box: Box;
  /** The largest expected error inside, in units of the allowed error. */
  estimate: number;
  /** Points to measure next. */
  next: number[];
}

/** The cells of one mesh, [row][column]. */
type Cells = Cell[][];

interface Interpolated {
  /** NaN if neither measured nor interpolated. */
  values: number[];
  /** |measured − interpolated| if both are known, else undefined; ∞ if only one of them is finite. */
  surplus: (number | undefined)[];
  /** The first mesh that has the point. */
  level: number[];
}

function interpolateAll({ xs, ys, meshes, measured }: Picture): Interpolated {
  const surplus = new Array<number | undefined>(measured.length).fill(undefined);
  const level = new Array<number>(measured.length).fill(0);
  let values = measured;
  for (let k = 1; k < meshes.length; k++) {
    const fine = meshes[k];
    const coarse = meshes[k - 1];
    const next = interpolateTo(fine, coarse, values, xs, ys);
    const old = new Set(pointsOf(coarse, xs.length));
    for (const p of pointsOf(fine, xs.length)) {
      if (old.has(p)) continue;
      level[p] = k;
      const value = measured[p];
      if (value === undefined) continue;
      surplus[p] = difference(value, next[p]);
      next[p] = value;
    }
    values = next;
  }
  return { values: values.map((value) => value ?? NaN), surplus, level };
}

/** 0 between two NaN, and between two ∞ of one sign, because an island of them needs no points inside. */
function difference(measured: number, interpolated: number | undefined): number {
  if (Object.is(measured, interpolated)) return 0;
  const distance = Math.abs(measured - (interpolated ?? NaN));
  return Number.isFinite(distance) ? distance : Infinity;
}

function judgeCells(
  { meshes, measured, xs }: Picture,
  k: number,
  { values, excess, level }: Pick<Interpolated, 'values' | 'level'> & { excess: (number | undefined)[] },
  coarser: Cells | null,
): Cells {
  const [before, mesh, after] = [meshes[k - 1], meshes[k], meshes[k + 1]];
  const rowParents = intervals(mesh.rows, before.rows);
  const columnParents = intervals(mesh.columns, before.columns);
  const newIn = (box: Box, at: number) => pointsIn(box, meshes[at], xs.length).filter((p) => level[p] === at);
  const missing = (points: number[]) => points.filter((p) => measured[p] === undefined);
  const largest = (points: number[]) => points.reduce((most, p) => Math.max(most, excess[p] ?? 0), 0);
  return rowParents.map((rowParent, i) =>
    columnParents.map((columnParent, j): Cell => {
      const box = boxOf(mesh, [i, i + 1], [j, j + 1]);
      const ring = boxOf(mesh, [i - 1, i + 2], [j - 1, j + 2]);
      const corners = pointsIn(box, mesh, xs.length);
      const inside = newIn(box, k + 1);
      const cutting = newIn(boxOf(mesh, rowParent.ends, columnParent.ends), k);
      // The verdict of an uncut parent holds for its parts.
      const inherited = coarser && missing(cutting).length > 0;
      const shown = inherited ? 0 : Math.max(largest(cutting), NEIGHBOUR * largest(newIn(ring, k)));
      const estimate = Math.max(
        inherited ? coarser[rowParent.index][columnParent.index].estimate : SAFETY * shown,
        SAFETY * largest(inside),
      );
      const mixed = corners.some((p) => !Number.isFinite(values[p]) && !Object.is(values[p], values[corners[0]]));
      if (!mixed && (estimate <= 1 || inside.length === 0)) return { box, estimate, next: [] };
      // An interpolated corner is doubtful now. It is measured first, and its value decides.
      for (const points of [corners, ...(mixed ? [] : [centreOf(inside, box, after, xs.length)])]) {
        if (missing(points).length) return { box, estimate: mixed ? Infinity : estimate, next: missing(points) };
      }
      const tried = Math.max(SMOOTH * shown, SAFETY * largest(newIn(ring, k + 1)));
      if (!mixed && tried <= 1) return { box, estimate: tried, next: [] };
      return { box, estimate: mixed ? Infinity : estimate, next: missing(inside) };
    }),
  );
}

/** The middle points of those that would cut a cell; if only one axis is cut, the middles of two sides. */
function centreOf(inside: readonly number[], { rows, columns }: Box, mesh: Mesh, width: number): number[] {
  const isCut = (lines: readonly number[], [from, to]: [number, number]) => lines.some((i) => i > from && i < to);
  const isMiddle = (index: number, [from, to]: [number, number], cut: boolean) => !cut || (index > from && index < to);
  const [rowsCut, columnsCut] = [isCut(mesh.rows, rows), isCut(mesh.columns, columns)];
  return inside.filter(
    (p) => isMiddle(Math.floor(p / width), rows, rowsCut) && isMiddle(p % width, columns, columnsCut),
  );
}

/** Between two rows and two columns of a mesh, or the ends of the mesh. */
function boxOf({ rows, columns }: Mesh, [top, bottom]: [number, number], [left, right]: [number, number]): Box {
  const at = (lines: readonly number[], index: number) => lines[Math.min(Math.max(index, 0), lines.length - 1)];
  return { rows: [at(rows, top), at(rows, bottom)], columns: [at(columns, left), at(columns, right)] };
}

/** For each interval of an axis mesh: which interval of the coarser one holds it, and that one's ends in the finer. */
function intervals(fine: readonly number[], coarse: readonly number[]): { index: number; ends: [number, number] }[] {
  // A single line is an interval of its own, so that a line of points has cells too.
  if (fine.length === 1) return [{ index: 0, ends: [0, 0] }];
  return fine.slice(1).map((end) => {
    const index = coarse.findIndex((value) => value >= end) - 1;
    return { index, ends: [fine.indexOf(coarse[index]), fine.indexOf(coarse[index + 1])] };
  });
}

function pointsIn(box: Box, mesh: Mesh, width: number): number[] {
  const found: number[] = [];
  for (const row of mesh.rows) {
    if (row > box.rows[1]) break;
    if (row < box.rows[0]) continue;
    for (const column of mesh.columns) {
      if (column > box.columns[1]) break;
      if (column >= box.columns[0]) found.push(row * width + column);
    }
  }
  return found;
}
