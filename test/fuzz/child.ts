import { mkdirSync, rmSync } from 'node:fs';
import { UserError } from '../../src/errors';
import { random } from '../../src/numerics/random';
import { subjects } from './subjects';
import { Chance } from './values';

/** What determines one damaged input. */
export interface Job {
  seed: number;
  index: number;
  /** The child writes the input here and leaves it until its answer has been read. */
  folder: string;
  only?: string;
}

export interface Answer {
  index: number;
  reader: string;
  /** `read`, `refused` with a message, or the text of any other error. */
  outcome: 'read' | 'refused' | string;
  /** Bytes by which the peak memory of the process grew. */
  growth: number;
}

/** The reader that an input is for. */
export function readerOf({ seed, index, only }: Job): string {
  if (only !== undefined) return only;
  const tickets = Object.entries(subjects).flatMap(([name, { share }]) => Array<string>(share).fill(name));
  return new Chance(random(seed, 'reader', index)).of(tickets);
}

async function answer(job: Job, root: string): Promise<Answer> {
  const reader = readerOf(job);
  rmSync(job.folder, { recursive: true, force: true });
  mkdirSync(job.folder, { recursive: true });
  const read = subjects[reader].make(job.folder, root, new Chance(random(job.seed, reader, job.index)));
  const before = peakBytes();
  const outcome = await read().then(
    () => 'read',
    (error: unknown) =>
      error instanceof UserError ? 'refused' : error instanceof Error ? String(error.stack) : String(error),
  );
  return { index: job.index, reader, outcome, growth: peakBytes() - before };
}

const peakBytes = () => 1024 * process.resourceUsage().maxRSS;

/** Answers one job after the other. */
export function serveJobs(root: string): void {
  process.on('message', (job: Job) => {
    void answer(job, root).then((result) => process.send!(result));
  });
  process.on('disconnect', () => process.exit());
}
