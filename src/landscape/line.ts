import type { LossValue, Objective } from '../objective/objective';
import type { Line } from '../report/report';
import type { Direction } from './direction';

/** FROM:TO:STEPS; `steps` points, both ends included, and 0 besides where the range spans it. */
export interface Range {
  from: number;
  to: number;
  steps: number;
}

export declare function gridValues(range: Range): number[];
export declare function sampleLine(
  objective: Objective,
  direction: Direction,
  range: Range,
  options?: { signal?: AbortSignal; onPoint?: (done: number, total: number, value: LossValue) => void },
): Promise<Line>;
