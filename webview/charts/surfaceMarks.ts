import type { Plane } from '../../src/report/report';
import type { ColorScale } from './colorMap';
import { lossOnPlane } from './planeLoss';
import type { PlaneMarks } from './planePoints';
import { surfacePlace } from './surface';
import type { SurfacePlace } from './surface';
import type { SurfaceLabel } from './surfaceFrame';

/** A straight stroke of the path, or a thin stem from a point to the surface. */
interface Rod {
  from: SurfacePlace;
  to: SurfacePlace;
  kind: 'path' | 'stem';
}

interface Ball {
  at: SurfacePlace;
  /** Colours the ball; white where it is left out. */
  loss?: number;
}

/** Points of a plane in the box of its surface. */
export interface PlacedMarks {
  rods: Rod[];
  balls: Ball[];
  labels: SurfaceLabel[];
  /** Place of each point, in the order of the points; null where it has none. */
  places: (SurfacePlace | null)[];
}

/** Height of a label above its point. */
const LABEL_ABOVE = 0.055;

/**
 * Places the points at the height of their own losses, or on the surface where they have none. A thin stem leads from
 * each point to the surface below or above, whose loss is another one.
 */
export function placeMarks(plane: Plane, scale: ColorScale, { points, joined }: PlaneMarks): PlacedMarks {
  const placed = points.map((point) => {
    const onSurface = surfacePlace(plane, scale, { ...point, loss: lossOnPlane(plane, scale, point) });
    const own = point.loss === undefined ? onSurface : surfacePlace(plane, scale, { ...point, loss: point.loss });
    return { point, own, onSurface };
  });
  const shown = placed.flatMap(({ point, own, onSurface }) => (own ? [{ point, own, onSurface }] : []));
  const stops = shown.filter(({ point }) => point.kind === 'checkpoint');
  return {
    places: placed.map(({ own }) => own),
    rods: [
      ...(joined ? stops.slice(1).map(({ own }, i): Rod => ({ from: stops[i].own, to: own, kind: 'path' })) : []),
      ...shown.flatMap(({ point, own, onSurface }): Rod[] =>
        onSurface && point.loss !== undefined ? [{ from: own, to: onSurface, kind: 'stem' }] : [],
      ),
    ],
    balls: shown.map(({ point: { loss }, own }) => ({ at: own, ...(loss === undefined ? {} : { loss }) })),
    labels: shown.flatMap(({ point: { kind, label }, own: [x, y, z] }) =>
      (kind === 'model' || kind === 'measured') && label !== undefined
        ? [{ text: label, at: [x, y + LABEL_ABOVE, z] }]
        : [],
    ),
  };
}
