import { formatCount } from '../../text/counts';
import { formatNumber, formatPercent } from '../../text/numbers';
import type { Line } from '../sections/lines';
import type { Plane } from '../sections/planes';

/** Says how many points were measured, and how large the error of the others may be. Empty if all were measured. */
export function interpolationText({ evaluated, interpolationError, tolerance }: Plane | Line): string {
  if (!evaluated) return '';
  const points = evaluated.flat();
  const measured = points.filter(Boolean).length;
  const share = `${formatCount(measured)} of ${formatCount(points.length)} points measured, the others interpolated`;
  // While the line or plane is still being refined, there may be no estimate of the error.
  if (interpolationError === undefined || !Number.isFinite(interpolationError)) return `${share}.`;
  const goal = tolerance === undefined ? '' : `; aim: ${formatPercent(tolerance).replace(' ', '\u00a0')} of the range`;
  return `${share}, off by at most ${formatNumber(interpolationError, 2)} by estimate${goal}.`;
}
