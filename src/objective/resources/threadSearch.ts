/** How long one run took with so many threads, at best. */
export interface TimedThreads {
  threads: number;
  milliseconds: number;
}

export interface ThreadChoice {
  threads: number;
  /** In the order of their threads, all of them first; where only one was timed there was no time for others. */
  timed: readonly TimedThreads[];
}

/** The same work compiled for a number of threads. */
export interface Trial {
  run(): Promise<unknown>;
  release(): Promise<void>;
}

/** A search takes so long at most, but for the trial it is in. */
const SEARCH_MS = 1000;
const ROUNDS = 5;
/**
 * Fewer threads than all have to be so much faster. A gradient is timed, and products of several vectors have more to
 * share out: on two cores a small transformer's gradient took 0.8 of the time with one thread, its product of four
 * vectors 1.6; a small perceptron's took 0.4 and 0.8.
 */
const CLEARLY = 1.5;

/** All threads, then half of them, and so on down to one. */
export function threadCounts(all: number): number[] {
  const counts = [];
  for (let count = all; count >= 1; count = Math.floor(count / 2)) counts.push(count);
  return counts;
}

/**
 * The number of threads that a run takes least time with. Small operators are slower on many threads than on one: what
 * each has to do is shorter than telling it.
 * @param isWorthIt asked with the milliseconds of a run on all threads; else nothing more is timed
 * @returns null where it is not worth it
 */
export async function searchThreads(
  counts: readonly number[],
  open: (threads: number) => Promise<Trial>,
  isWorthIt: (milliseconds: number) => boolean,
  now = () => performance.now(),
): Promise<ThreadChoice | null> {
  const started = now();
  const left = () => SEARCH_MS - (now() - started);
  const trials: { threads: number; trial: Trial; best: number }[] = [];
  try {
    for (const threads of counts) {
      const opening = now();
      const trial = await open(threads);
      // The first run of a session takes memory for those after it.
      await trial.run();
      trials.push({ threads, trial, best: await timed(trial, now) });
      if (trials.length === 1 && !isWorthIt(trials[0].best)) return null;
      if (now() - opening > left()) break;
    }
    // By turns: what else the machine does meanwhile meets all of them.
    for (let round = 1; round < ROUNDS && trials.length > 1 && left() > 0; round++) {
      for (const each of trials) each.best = Math.min(each.best, await timed(each.trial, now));
    }
  } finally {
    for (const { trial } of trials) await trial.release();
  }
  const [all] = trials;
  const fastest = trials.reduce((a, b) => (b.best < a.best ? b : a));
  return {
    threads: all.best > CLEARLY * fastest.best ? fastest.threads : all.threads,
    timed: trials.map(({ threads, best }) => ({ threads, milliseconds: best })),
  };
}

async function timed(trial: Trial, now: () => number): Promise<number> {
  const start = now();
  await trial.run();
  return now() - start;
}

/** Where a choice is no matter of course: what was timed. */
export function toldThreads({ threads, timed: found }: ThreadChoice): string {
  const times = found.map((each) => `${each.milliseconds.toPrecision(2)} ms with ${each.threads}`).join(', ');
  return `${threads} of ${found[0].threads} threads: a run on the first batch takes ${times}.`;
}
