import { formatNumber } from '../../text/numbers';

/** The shortest time that one run took with a number of threads. */
export interface TimedThreads {
  threads: number;
  milliseconds: number;
}

export interface ThreadChoice {
  threads: number;
  /** In the order of the trials, all threads first. A single entry means that there was no time for other trials. */
  timed: readonly TimedThreads[];
}

/** The work to time, compiled for a number of threads. */
export interface Trial {
  run(): Promise<unknown>;
  release(): Promise<void>;
}

/** Longest duration of a search; a trial that has begun is completed. */
const SEARCH_MS = 1000;
const ROUNDS = 5;
/**
 * How many times faster fewer threads have to be. The search times a gradient, but products of several vectors have
 * more work to share between threads: on two cores, with one thread, a small transformer's gradient took 0.8 of the
 * time and its product of four vectors 1.6; a small perceptron's took 0.4 and 0.8.
 */
const CLEARLY = 1.5;

/** All threads, then half of them, and so on down to one. */
export function threadCounts(all: number): number[] {
  const counts = [];
  for (let count = all; count >= 1; count = Math.floor(count / 2)) counts.push(count);
  return counts;
}

/**
 * Finds the number of threads with which a run takes least time. Small operators are slower on many threads than on
 * one, because dispatching the work to a thread takes longer than the work itself.
 * @param isWorthIt receives the milliseconds of a run on all threads; if it returns false, nothing more is timed
 * @returns null where a search is not worth it
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
      // The first run of a session allocates memory for later runs, so it is not timed.
      await trial.run();
      trials.push({ threads, trial, best: await timed(trial, now) });
      if (trials.length === 1 && !isWorthIt(trials[0].best)) return null;
      if (now() - opening > left()) break;
    }
    // The trials take turns, so that other load on the machine affects all of them.
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

/** Tells the user what was timed where the choice is not the obvious one. */
export function toldThreads({ threads, timed: found }: ThreadChoice): string {
  const times = found.map((each) => `${formatNumber(each.milliseconds, 2)} ms with ${each.threads}`).join(', ');
  return `${threads} of ${found[0].threads} threads: a run on the first batch takes ${times}.`;
}
