import { formatCount } from '../../text/counts';
import { formatNumber, formatWithError } from '../../text/numbers';
import type { BasinWidth, LandscapeShape } from '../sections/landscape';

/** A distance to the edge of the basin, with its error. */
export function basinDistance({ radius, error }: Pick<BasinWidth, 'radius' | 'error'>): string {
  return Number.isFinite(radius) ? formatWithError(radius, error) : formatNumber(radius);
}

/** Says how wide the basin is along random directions and in its narrowest direction; empty where it was not measured. */
export function basinText({ basin = [], basinRadii }: LandscapeShape): string {
  const [narrowest] = [...basin].sort((a, b) => a.radius - b.radius);
  if (!narrowest) return '';
  const parts = [`${basinDistance(narrowest)} to twice the loss along «${narrowest.direction}», the nearest edge`];
  if (basinRadii) {
    const { median, quartiles, directions } = basinRadii;
    const [low, high] = quartiles.map((value) => formatNumber(value, 3));
    parts.push(
      `${formatNumber(median, 3)} along ${formatCount(directions)} random directions (quartiles ${low} and ${high})`,
    );
  }
  return parts.join('; ');
}
