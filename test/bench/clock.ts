import { median } from '../../src/numerics/statistics';

const LEAST_RUNS = 3;
const MOST_RUNS = 200;

/**
 * Median time in milliseconds of repeated runs after a warm-up. The runs take about `budget` milliseconds in all; work
 * that takes longer than the budget runs once.
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

/** Peak memory of this process so far. */
export function peakBytes(): number {
  // maxRSS is in kibibytes on every platform.
  return process.resourceUsage().maxRSS * 1024;
}
