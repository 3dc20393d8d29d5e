import type { Plane } from '../../src/report/report';
import { formatNumber } from '../../src/text/numbers';
import type { ColorScale } from './colorMap';
import { SURFACE_HEIGHT } from './surface';
import type { SurfacePlace } from './surface';

/** A text at a place of the box. */
export interface SurfaceLabel {
  text: string;
  at: SurfacePlace;
}

/** The frame around the surface. Each two places of `lines` are the ends of a line. */
export interface SurfaceFrame {
  lines: SurfacePlace[];
  labels: SurfaceLabel[];
}

const FLOOR = -SURFACE_HEIGHT / 2 - 0.04;

/** Makes the outline of the floor, a vertical axis for the quantity, and the names and end values of the three axes. */
export function surfaceFrame(plane: Plane, scale: ColorScale, quantity = 'loss'): SurfaceFrame {
  const corners: SurfacePlace[] = [
    [-0.5, FLOOR, 0.5],
    [0.5, FLOOR, 0.5],
    [0.5, FLOOR, -0.5],
    [-0.5, FLOOR, -0.5],
  ];
  const ends = (values: number[]): [string, string] => [formatNumber(values[0], 2), formatNumber(values.at(-1)!, 2)];
  const [xFrom, xTo] = ends(plane.x.values);
  const [yFrom, yTo] = ends(plane.y.values);
  return {
    lines: [
      ...corners.flatMap((corner, i) => [corner, corners[(i + 1) % 4]]),
      corners[0],
      [-0.5, SURFACE_HEIGHT / 2, 0.5],
    ],
    labels: [
      { text: xFrom, at: [-0.46, FLOOR - 0.02, 0.57] },
      { text: 'α', at: [0, FLOOR - 0.02, 0.59] },
      { text: xTo, at: [0.46, FLOOR - 0.02, 0.57] },
      { text: yFrom, at: [0.59, FLOOR - 0.02, 0.46] },
      { text: 'β', at: [0.61, FLOOR - 0.02, 0] },
      { text: yTo, at: [0.59, FLOOR - 0.02, -0.46] },
      { text: formatNumber(scale.max, 3), at: [-0.6, SURFACE_HEIGHT / 2, 0.5] },
      { text: scale.kind === 'log' ? `${quantity}, log` : quantity, at: [-0.62, 0, 0.5] },
      { text: formatNumber(scale.min, 3), at: [-0.6, -SURFACE_HEIGHT / 2, 0.5] },
    ],
  };
}
