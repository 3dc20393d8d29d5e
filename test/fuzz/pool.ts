import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Answer, Job } from './child';
import { readerOf } from './child';

/** Seconds of processor time that one input may take. On a busy machine WAITING_S seconds may pass meanwhile. */
const COMPUTING_S = 5;
const WAITING_S = 300;
const MOST_GROWTH = 2 ** 30;
/** The runtime keeps memory that it has allocated, so a fresh process shows growth more clearly. */
const JOBS_PER_CHILD = 200;

export interface Fault {
  job: Job;
  reader: string;
  what: string;
}

/** Runs jobs in child processes, which may crash or hang. @param told `onFault` runs before the folder is used again */
export async function runJobs(
  jobs: Iterator<Job>,
  children: number,
  program: string,
  told: { onAnswer(answer: Answer): void; onFault(fault: Fault): void },
): Promise<void> {
  await Promise.all(Array.from({ length: children }, () => runChild(jobs, program, told)));
}

async function runChild(jobs: Iterator<Job>, program: string, told: Parameters<typeof runJobs>[3]): Promise<void> {
  let child: ChildProcess | null = null;
  let done = 0;
  for (let next = jobs.next(); !next.done; next = jobs.next()) {
    const job = next.value;
    if (!child || done % JOBS_PER_CHILD === 0) {
      child?.kill('SIGKILL');
      child = fork(program, ['--child'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    }
    done++;
    const result = await ask(child, job);
    const fault = faultOf(result);
    if (fault !== null) told.onFault({ job, reader: readerOf(job), what: fault });
    else told.onAnswer(result as Answer);
    if (typeof result === 'string') {
      child.kill('SIGKILL');
      child = null;
    }
  }
  child?.kill('SIGKILL');
}

function faultOf(result: Answer | string): string | null {
  if (typeof result === 'string') return result;
  if (result.growth > MOST_GROWTH) return `grew by ${(result.growth / 2 ** 20).toFixed(0)} MiB (${result.outcome})`;
  return ['read', 'refused'].includes(result.outcome) ? null : result.outcome;
}

/** Sends a job to a child. @returns its answer, or a text that says how the process ended or why it must be killed */
function ask(child: ChildProcess, job: Job): Promise<Answer | string> {
  return new Promise((resolve) => {
    const [begun, computed] = [performance.now(), computedSeconds(child)];
    const watch = setInterval(() => {
      const computing = computedSeconds(child) - computed;
      // A new child must load the runtime first.
      if (computing > COMPUTING_S + STARTING_S) finish(`computed for ${computing.toFixed(1)} s without end`);
      else if ((performance.now() - begun) / 1000 > WAITING_S) finish(`did not end in ${WAITING_S} s`);
    }, 250);
    const onExit = (code: number | null, signal: string | null) => finish(`the process ended: ${signal ?? code}`);
    const finish = (result: Answer | string) => {
      clearInterval(watch);
      child.off('message', finish);
      child.off('exit', onExit);
      resolve(result);
    };
    child.on('message', finish);
    child.on('exit', onExit);
    child.send(job);
  });
}

const STARTING_S = 2;

/** Processor seconds that all threads of a process have used; 0 on systems that do not tell. */
function computedSeconds({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}
