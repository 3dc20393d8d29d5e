import { median } from '../../src/numerics/statistics';

const LEAST_RUNS = 3;
const MOST_RUNS = 200;

/**
 * Median time of repeated runs in milliseconds, after one that warms up, in about `budget` milliseconds. Work that is
 * longer than the budget is run once.
 */
export async function medianMilliseconds(work: () => Promise<unknown>, budget: number): Promise<number> {
  await work();
  const times: number[] = [];
  const start = performance.now();
  for (;;) {
    times.push(await milliseconds(work));
    const spent = performance.now() - start;
    if (times.length >= MOST_RUNS || (spent >= budget && (times.length >= LEAST_RUNS || spent >= 2 * budget))) break;
  }
  return median(times);
}

export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What this process held at most so far. */
export function peakBytes(): number {
  // Kibibytes, on every platform.
  return process.resourceUsage().maxRSS * 1024;
}
