import type { Plane } from '../../src/report/report';
import { formatNumber, formatPercent } from '../../src/text/numbers';

/** The loss at a place of a plane between its points. */
export interface PlaceOnPlane {
  loss: number;
  accuracy?: number;
  /** Whether the place is a point of the plane that was measured. */
  isMeasured: boolean;
  /** The measured point nearest to the place, in steps of the grid. */
  nearest: { x: number; y: number; loss: number };
}

/** Interpolates loss and accuracy bilinearly between the four points around a place; null outside of the plane. */
export function placeOnPlane(
  { x, y, loss, accuracy, evaluated }: Plane,
  at: { x: number; y: number },
): PlaceOnPlane | null {
  const [column, row] = [gridPosition(x.values, at.x), gridPosition(y.values, at.y)];
  if (column === null || row === null) return null;
  const [i, j] = [Math.floor(column), Math.floor(row)];
  const [u, v] = [column - i, row - j];
  const between = (values: readonly (readonly number[])[]): number =>
    [
      [j, i, (1 - u) * (1 - v)],
      [j, i + 1, u * (1 - v)],
      [j + 1, i, (1 - u) * v],
      [j + 1, i + 1, u * v],
    ].reduce((sum, [r, c, weight]) => (weight === 0 ? sum : sum + weight * (values[r]?.[c] ?? NaN)), 0);
  const isKnown = (r: number, c: number): boolean => evaluated?.[r]?.[c] ?? true;
  let best = { distance: Infinity, r: 0, c: 0 };
  for (let r = 0; r < y.values.length; r++) {
    for (let c = 0; c < x.values.length; c++) {
      const distance = Math.hypot(r - row, c - column);
      if (distance < best.distance && isKnown(r, c)) best = { distance, r, c };
    }
  }
  return {
    loss: between(loss),
    ...(accuracy ? { accuracy: between(accuracy) } : {}),
    isMeasured: best.distance === 0,
    nearest: { x: x.values[best.c], y: y.values[best.r], loss: loss[best.r]?.[best.c] ?? NaN },
  };
}

/** Says in a sentence what is known of a place, and whether it was measured or lies between measured points. */
export function placeText(plane: Plane, at: { x: number; y: number }): string {
  const found = placeOnPlane(plane, at);
  if (!found) return '';
  const { loss, accuracy, isMeasured, nearest } = found;
  const place = ({ x, y }: { x: number; y: number }): string => `α = ${formatNumber(x, 3)}, β = ${formatNumber(y, 3)}`;
  const about = isMeasured ? '' : '≈ ';
  const figures = `loss ${about}${formatNumber(loss)}${accuracy === undefined ? '' : `, accuracy ${about}${formatPercent(accuracy)}`}`;
  if (isMeasured) return `At ${place(at)}: ${figures}, measured.`;
  return `At ${place(at)}: ${figures}, interpolated. The nearest measured point (${place(nearest)}) has loss ${formatNumber(nearest.loss)}.`;
}

/** The fractional index of a value among ascending values; null outside of them. */
function gridPosition(values: readonly number[], value: number): number | null {
  const next = values.findIndex((each) => each >= value);
  if (next < 0 || value < values[0]) return null;
  return values[next] === value ? next : next - (values[next] - value) / (values[next] - values[next - 1]);
}
