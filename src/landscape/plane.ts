import type { Objective } from '../objective/objective';
import type { Plane } from '../report/report';
import type { Direction } from './direction';
import type { Range } from './line';

export declare function samplePlane(
  objective: Objective,
  x: Direction,
  y: Direction,
  ranges: { x: Range; y: Range },
  options?: {
    signal?: AbortSignal;
    onPoint?: (done: number, total: number) => void;
    /** Whenever a coarser grid is complete: a real, smaller plane, so that the picture sharpens as it is measured. */
    onPlane?: (plane: Plane) => void;
  },
): Promise<Plane>;
