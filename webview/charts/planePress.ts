import type { Plane } from '../../src/report/report';
import { roundedPlace } from './measuredPoints';
import type { PlaneMarks } from './planePoints';

/**
 * Does what a click on a plane means, whichever way the plane is drawn: a click on a mark chooses it, and a click where
 * nothing was measured yet asks for the place.
 * @param mark index of the mark that was hit
 * @param place where the plane was hit; null outside of it
 */
export function pressPlane(
  plane: Plane,
  marks: PlaneMarks | undefined,
  mark: number | undefined,
  place: { x: number; y: number } | null,
): void {
  if (!marks) return;
  const hit = mark === undefined ? undefined : marks.points[mark];
  if (hit) {
    marks.choose?.(mark!);
    if (hit.kind !== 'measured') marks.ask?.({ x: hit.x, y: hit.y });
  } else if (place) {
    marks.ask?.({ x: roundedPlace(place.x, plane.x.values), y: roundedPlace(place.y, plane.y.values) });
  }
}
