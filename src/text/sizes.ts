import { formatNumber } from './numbers';

/** "1.5 GiB" */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** "4.1 GFLOP" */
export function formatFlops(flops: number): string {
  return scaled(flops, 1000, ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP']);
}

function scaled(amount: number, step: number, units: readonly string[]): string {
  let power = 0;
  while (power < units.length - 1 && amount / step ** power >= step) power++;
  const value = amount / step ** power;
  return `${value >= 100 ? formatNumber(Math.round(value)) : formatNumber(value, value < 10 ? 2 : 3)} ${units[power]}`;
}
