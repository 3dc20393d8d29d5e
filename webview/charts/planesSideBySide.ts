import type { Plane } from '../../src/report/report';
import type { ComparedModel } from '../../src/report/sections/comparison';
import { describeDirection } from '../directions';

/** The planes of several models along directions of the same names; undefined for a model without such a plane. */
export interface PlanesSideBySide {
  title: string;
  planes: (Plane | undefined)[];
}

/** Finds the planes that more than one model has. */
export function planesSideBySide(models: readonly Pick<ComparedModel, 'planes'>[]): PlanesSideBySide[] {
  const keyOf = ({ x, y }: Plane) => JSON.stringify([x.direction, y.direction]);
  const all = models.flatMap(({ planes = [] }) => planes);
  return [...new Map(all.map((plane) => [keyOf(plane), plane])).entries()]
    .map(([key, { x, y }]) => ({
      title: `${describeDirection(x.direction).title} × ${describeDirection(y.direction).title}`,
      planes: models.map(({ planes = [] }) => planes.find((plane) => keyOf(plane) === key)),
    }))
    .filter(({ planes }) => planes.filter(Boolean).length > 1);
}

/** The losses that the colours of all planes span, so that one colour is one loss. */
export function sharedLosses(planes: readonly (Plane | undefined)[]): number[] {
  const finite = planes.flatMap((plane) => plane?.loss.flat() ?? []).filter(Number.isFinite);
  return finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [];
}
