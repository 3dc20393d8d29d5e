import type { Plane } from '../../src/report/report';
import { colorScale, viridis } from './colorMap';
import type { ColorScale } from './colorMap';

/** The triangles of the loss surface, in a box of width 1, depth 1 and height SURFACE_HEIGHT around the origin. */
export interface SurfaceGeometry {
  /** [3 · points]; x points along α, y upwards, z against β. */
  positions: Float32Array;
  /** [3 · points], sRGB channels 0 to 1. */
  colors: Float32Array;
  /** [3 · triangles]; a triangle with a corner that is not finite is left out, which makes a hole. */
  indices: Uint32Array;
  /** Grid lines along rows and columns, [2 · segments] indices of points. */
  gridLines: Uint32Array;
  /** Indices of the measured points, in a plane that is partly interpolated; empty in any other. */
  measured: Uint32Array;
  /** Position of θ itself; null if the plane has no finite loss there. */
  centre: SurfacePlace | null;
  /** Number of samples that are not finite. */
  holes: number;
  scale: ColorScale;
}

/** A place in the box of the surface. */
export type SurfacePlace = [number, number, number];

export const SURFACE_HEIGHT = 0.5;

/**
 * Builds the surface. Its height and colour both follow the colour scale, so that it agrees with the other views.
 * @param more losses of points beside the surface, which the scale spans as well
 */
export function surfaceGeometry(plane: Plane, wanted: 'log' | 'linear', more: readonly number[] = []): SurfaceGeometry {
  const scale = colorScale([...plane.loss.flat(), ...more], wanted);
  const [xs, ys] = [plane.x.values, plane.y.values];
  const [columns, rows] = [xs.length, ys.length];
  const positions = new Float32Array(3 * columns * rows);
  const colors = new Float32Array(3 * columns * rows);
  const finite = new Uint8Array(columns * rows);
  let centre: SurfaceGeometry['centre'] = null;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const point = row * columns + column;
      const t = scale.position(plane.loss[row]?.[column] ?? NaN);
      finite[point] = Number.isNaN(t) ? 0 : 1;
      const at: SurfacePlace = [
        normalized(xs, column) - 0.5,
        ((Number.isNaN(t) ? 0 : t) - 0.5) * SURFACE_HEIGHT,
        0.5 - normalized(ys, row),
      ];
      positions.set(at, 3 * point);
      colors.set(
        viridis(Number.isNaN(t) ? 0 : t).map((channel) => channel / 255),
        3 * point,
      );
      if (xs[column] === 0 && ys[row] === 0 && finite[point]) centre = at;
    }
  }
  const indices: number[] = [];
  const gridLines: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const a = row * columns + column;
      const [right, up, across] = [a + 1, a + columns, a + columns + 1];
      const hasRight = column + 1 < columns;
      const hasUp = row + 1 < rows;
      if (hasRight && finite[a] && finite[right]) gridLines.push(a, right);
      if (hasUp && finite[a] && finite[up]) gridLines.push(a, up);
      if (!hasRight || !hasUp) continue;
      if (finite[a] && finite[right] && finite[across]) indices.push(a, right, across);
      if (finite[a] && finite[across] && finite[up]) indices.push(a, across, up);
    }
  }
  return {
    positions,
    colors,
    indices: Uint32Array.from(indices),
    gridLines: Uint32Array.from(gridLines),
    measured: Uint32Array.from(
      plane.evaluated?.flat().flatMap((is, point) => (is && finite[point] ? [point] : [])) ?? [],
    ),
    centre,
    holes: finite.length - finite.reduce((sum, one) => sum + one, 0),
    scale,
  };
}

/** Finds the place of a point with coordinates and a loss in the box of the surface; null where it has none. */
export function surfacePlace(
  plane: Plane,
  scale: ColorScale,
  point: { x: number; y: number; loss: number },
): SurfacePlace | null {
  const t = scale.position(point.loss);
  const share = ({ values }: Plane['x'], value: number): number => (value - values[0]) / (values.at(-1)! - values[0]);
  const [x, y] = [share(plane.x, point.x), share(plane.y, point.y)];
  return [x, y, t].every(Number.isFinite) ? [x - 0.5, (t - 0.5) * SURFACE_HEIGHT, 0.5 - y] : null;
}

/** Maps a sample to 0 to 1 by its value rather than its index, since samples need not be evenly spaced. */
function normalized(values: readonly number[], index: number): number {
  const [from, to] = [values[0], values.at(-1)!];
  return to === from ? 0.5 : (values[index] - from) / (to - from);
}
