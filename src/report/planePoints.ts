import type { Plane, Report } from './report';
import type { PlanePointFigures } from './sections/planePoint';

/** The directions of a plane, by their names. */
export interface PlaneDirections {
  x: string;
  y: string;
}

/** The report with one more measured point of the planes along two directions. It replaces one measured there before. */
export function withPoint(report: Report, { x, y }: PlaneDirections, point: PlanePointFigures): Report {
  return {
    ...report,
    planes: report.planes.map((plane) =>
      plane.x.direction === x && plane.y.direction === y
        ? { ...plane, points: added(plane.points ?? [], [point]) }
        : plane,
    ),
  };
}

/** The report with the measured points of an earlier copy of it, on the planes that both have. */
export function withPointsOf(report: Report, earlier: Report): Report {
  if (earlier.planes.every(({ points }) => points === undefined)) return report;
  const planes = report.planes.map((plane): Plane => {
    const known = earlier.planes.find((other) => isSamePlane(plane, other))?.points;
    return known ? { ...plane, points: added(known, plane.points ?? []) } : plane;
  });
  return { ...report, planes };
}

function isSamePlane(a: Plane, b: Plane): boolean {
  return a.x.direction === b.x.direction && a.y.direction === b.y.direction;
}

function added(known: readonly PlanePointFigures[], more: readonly PlanePointFigures[]): PlanePointFigures[] {
  return [...known.filter(({ x, y }) => !more.some((point) => point.x === x && point.y === y)), ...more];
}
