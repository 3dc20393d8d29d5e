import type { Line, Plane } from '../src/report/report';
import { formatCount, formatNumber, formatPercent } from './format';

/** Whether a point of a picture was measured; all were where the report says nothing of it. */
export function isMeasured(evaluated: readonly boolean[] | undefined, index: number): boolean {
  return evaluated?.[index] ?? true;
}

/** "0.5 ± 0.02 interpolated" as lines of a tooltip; what was measured says so only in a picture that has both. */
export function lossText(loss: number, digits: number, error: number | undefined): string[] {
  const value = `loss ${formatNumber(loss, digits)}`;
  if (error === undefined) return [value];
  if (error === 0) return [value, 'measured'];
  return [Number.isFinite(error) ? `${value} ± ${formatNumber(error, 2)}` : value, 'interpolated'];
}

/** What a caption says of a picture whose points were not all measured; empty for others. */
export function interpolationText({ evaluated, interpolationError, tolerance }: Plane | Line): string {
  if (!evaluated) return '';
  const points = evaluated.flat();
  const measured = points.filter(Boolean).length;
  const share = `${formatCount(measured)} of ${formatCount(points.length)} points measured, the others interpolated`;
  // While the picture is still being refined there may be no estimate.
  if (interpolationError === undefined || !Number.isFinite(interpolationError)) return `${share}.`;
  const goal = tolerance === undefined ? '' : `; aim: ${shortPercent(tolerance)} of the range`;
  return `${share}, off by at most ${formatNumber(interpolationError, 2)} by estimate${goal}.`;
}

/** "1 %", "0.5 %": the tolerance as a person writes it. */
function shortPercent(fraction: number): string {
  return formatPercent(fraction).replace('.0 %', ' %').replace(' %', '\u00a0%');
}
