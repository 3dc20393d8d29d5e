import { formatNumber } from './numbers';

/** "61,706" */
export function formatExactCount(count: number): string {
  return Number.isFinite(count) ? Math.round(count).toLocaleString('en').replace('-', '\u2212') : formatNumber(count);
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
