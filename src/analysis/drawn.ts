import type { DirectionRequest } from '../options/direction';
import type { ResolvedOptions } from '../options/presets';

/** Lists the directions of all requested lines and planes. */
function drawnDirections({ only, lines, planes }: ResolvedOptions): DirectionRequest[] {
  return [
    ...(only.includes('lines') ? lines.map(({ direction }) => direction) : []),
    ...(only.includes('plane') ? planes.flatMap(({ x, y }) => [x, y]) : []),
  ];
}

export function isDrawn(options: ResolvedOptions, which: (direction: DirectionRequest) => boolean): boolean {
  return drawnDirections(options).some(which);
}

/**
 * Returns how many eigenvectors of each end are needed: the largest index that lines and planes name, and one for the
 * ways out of a critical point.
 */
export function keptEigenvectors({ only, lines, planes }: ResolvedOptions): Record<'top' | 'bottom', number> {
  const drawn = [...lines.map(({ direction }) => direction), ...planes.flatMap(({ x, y }) => [x, y])];
  const last = (kind: 'top' | 'bottom') =>
    Math.max(
      only.includes('dynamics') ? 1 : 0,
      ...drawn.map((direction) => (direction.kind === kind ? direction.index : 0)),
    );
  return { top: last('top'), bottom: last('bottom') };
}

/** Typical share of points that are evaluated when a tolerance allows interpolation. It varies between networks. */
const MEASURED_SHARE = { line: 0.6, plane: 0.4 };

export function expectedLinePoints({ range, tolerance }: ResolvedOptions['lines'][number]): number {
  return Math.ceil(range.steps * (tolerance === undefined ? 1 : MEASURED_SHARE.line));
}

export function expectedPlanePoints({ xRange, yRange, tolerance }: ResolvedOptions['planes'][number]): number {
  return Math.ceil(xRange.steps * yRange.steps * (tolerance === undefined ? 1 : MEASURED_SHARE.plane));
}
