import type { Plane } from '../../src/report/report';
import { cellEdges } from './planeCells';
import { atGridPosition } from './contours';

/** A rectangle in units of α and β where the loss is not finite, and what it is there. */
export interface BrokenArea {
  left: number;
  right: number;
  bottom: number;
  top: number;
  kind: BrokenKind;
}

export type BrokenKind = 'NaN' | '∞';

/** A straight stroke in units of α and β. */
export interface Stroke {
  from: [number, number];
  to: [number, number];
}

export interface BrokenRegions {
  areas: BrokenArea[];
  /** The border between the areas and the rest of the plane. */
  outline: Stroke[];
  kinds: BrokenKind[];
}

/**
 * Finds where the loss is not finite. A heat map has one cell per sample; contours cannot interpolate in any of the
 * rectangles between four samples, one of which is not finite.
 */
export function brokenRegions({ x, y, loss }: Plane, view: 'heat' | 'contour'): BrokenRegions {
  const kindAt = (column: number, row: number): BrokenKind | null => {
    const value = loss[row]?.[column] ?? NaN;
    return Number.isFinite(value) ? null : Number.isNaN(value) ? 'NaN' : '∞';
  };
  const heat = view === 'heat';
  const corners = heat
    ? [[0, 0]]
    : [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ];
  const [columns, rows] = [x.values.length, y.values.length].map((count) => (heat ? count : count - 1));
  const kindOf = (column: number, row: number): BrokenKind | null => {
    const kinds = corners.map(([right, up]) => kindAt(column + right, row + up));
    return kinds.find((kind) => kind === 'NaN') ?? kinds.find((kind) => kind !== null) ?? null;
  };
  const [xs, ys] = [edges(x.values, heat), edges(y.values, heat)];
  const areas: BrokenArea[] = [];
  const outline: Stroke[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const kind = kindOf(column, row);
      const [left, right, bottom, top] = [xs[column], xs[column + 1], ys[row], ys[row + 1]];
      if (kind !== null) areas.push({ left, right, bottom, top, kind });
      // Each border is drawn once: by the area on its left or below it.
      if (column + 1 < columns && kindOf(column + 1, row) !== kind) {
        outline.push({ from: [right, bottom], to: [right, top] });
      }
      if (row + 1 < rows && kindOf(column, row + 1) !== kind) outline.push({ from: [left, top], to: [right, top] });
    }
  }
  return { areas, outline, kinds: (['NaN', '∞'] as const).filter((kind) => areas.some((area) => area.kind === kind)) };
}

function edges(values: number[], cells: boolean): number[] {
  if (!cells) return values;
  const [first] = cellEdges(values);
  return [first, ...values.map((_, index) => atGridPosition(values, index + 0.5))];
}
