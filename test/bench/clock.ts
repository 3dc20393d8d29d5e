const WARM_UP = 2;
const LEAST_RUNS = 3;
const MOST_RUNS = 200;

/** Median time of repeated runs, after warming up, in about `budget` milliseconds. */
export async function medianMilliseconds(work: () => Promise<unknown>, budget: number): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await work();
  const times: number[] = [];
  const end = performance.now() + budget;
  while (times.length < LEAST_RUNS || (performance.now() < end && times.length < MOST_RUNS)) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}
