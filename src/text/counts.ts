import { formatNumber } from './numbers';

/** From here on a number is written with a power of ten. */
const LONGEST = 1e21;

/** "61,706". The runtime's own formatter takes longer to load than a report takes to judge. */
export function formatExactCount(count: number): string {
  if (!(Math.abs(count) < LONGEST)) return formatNumber(count);
  return Math.round(count)
    .toFixed(0)
    .replace('-', '\u2212')
    .replace(/\B(?=(\d{3})+$)/gu, ',');
}

/** "61,706", "25.6 million": three digits of what nobody counts. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count) || Math.abs(count) < 1e7) return formatExactCount(count);
  return Math.abs(count) >= 1e9 ? `${formatNumber(count / 1e9, 3)} billion` : `${formatNumber(count / 1e6, 3)} million`;
}

/** "1 direction", "6 directions" */
export function counted(count: number, thing: string): string {
  return `${formatExactCount(count)} ${thing}${count === 1 ? '' : 's'}`;
}
