import type { KernelFigures, KernelTimes } from './kernels';
import type { PeerKernels } from './peers';

/** The kernels in the order of the tables, with the peer's names for the same work. */
export const KERNELS: readonly { key: keyof KernelTimes; title: string; peer: keyof PeerKernels }[] = [
  { key: 'loss', title: 'loss', peer: 'loss' },
  { key: 'plane', title: 'plane point', peer: 'plane' },
  { key: 'gradient', title: 'gradient', peer: 'gradient' },
  { key: 'hvp', title: 'H·v', peer: 'hvp' },
  { key: 'hvp4', title: 'H·v, K = 4', peer: 'hvp' },
  { key: 'hvp8', title: 'H·v, K = 8', peer: 'hvp' },
  { key: 'hvpRecomputed', title: 'H·v, recomputed', peer: 'hvp full' },
  { key: 'ggnvp', title: 'G·v', peer: 'ggnvp' },
];

/** A time in forward passes. */
export const inLosses = ({ times }: KernelFigures, key: keyof KernelTimes) => times[key] / times.loss;

/** Number of forward passes that the machine could do in that time at the rate of its matrix products. */
export const inLimits = ({ times, flops, rate }: KernelFigures, key: keyof KernelTimes) =>
  (times[key] * rate * 1e6) / flops;

/** Formats a ratio with two significant digits, and as a whole number from ten on. */
export const ratio = (value: number) => (value >= 9.95 ? value.toFixed(0) : value.toFixed(1));

export const bytesText = (bytes: number) =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${(bytes / 2 ** 20).toFixed(0)} MiB`;

export function secondsText(seconds: number): string {
  if (seconds >= 9.95) return `${seconds.toFixed(0)} s`;
  return seconds >= 0.1 ? `${seconds.toFixed(1)} s` : `${(1000 * seconds).toFixed(1)} ms`;
}
