import type { Plane } from '../../src/report/report';
import type { ColorScale } from './colorMap';

/** The loss that the surface shows at a point: bilinear between samples, on the colour scale. NaN outside the plane. */
export function lossOnPlane(plane: Plane, scale: ColorScale, { x, y }: { x: number; y: number }): number {
  const [column, row] = [indexOf(plane.x.values, x), indexOf(plane.y.values, y)];
  const [i, j] = [Math.floor(column), Math.floor(row)];
  const [u, v] = [column - i, row - j];
  const at = (dx: number, dy: number, weight: number): number =>
    weight === 0 ? 0 : weight * scale.position(plane.loss[j + dy]?.[i + dx] ?? NaN);
  return scale.value(at(0, 0, (1 - u) * (1 - v)) + at(1, 0, u * (1 - v)) + at(0, 1, (1 - u) * v) + at(1, 1, u * v));
}

/** Finds the fractional index of a value among ascending values; NaN outside of them. */
function indexOf(values: readonly number[], value: number): number {
  const next = values.findIndex((each) => each >= value);
  if (next < 0 || value < values[0]) return NaN;
  if (values[next] === value) return next;
  return next - (values[next] - value) / (values[next] - values[next - 1]);
}
