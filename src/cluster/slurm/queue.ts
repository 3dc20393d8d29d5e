import { slurm } from './command';

/** A job, or a task of an array, that Slurm knows. */
export interface QueuedJob {
  id: string;
  name: string;
  /** "PENDING", "RUNNING", … */
  state: string;
  /** Number of tasks it stands for: those of an array that wait are one entry. */
  tasks: number;
}

/** States of jobs that will still run or are running. */
const ALIVE = new Set([
  'PENDING',
  'CONFIGURING',
  'RUNNING',
  'COMPLETING',
  'SUSPENDED',
  'REQUEUED',
  'REQUEUE_HOLD',
  'RESIZING',
  'SIGNALING',
  'STAGE_OUT',
]);

interface JobEntry {
  job_id: number;
  name: string;
  /** A word, or in newer versions a list of words. */
  job_state: string | string[];
  array_task_string?: string;
}

/** The jobs in Slurm's queue that have not ended. @throws UserError if Slurm does not answer */
export async function queuedJobs(): Promise<QueuedJob[]> {
  const { jobs } = JSON.parse(await slurm('squeue', ['--json'])) as { jobs: JobEntry[] };
  return jobs
    .map(({ job_id, name, job_state, array_task_string }) => ({
      id: String(job_id),
      name,
      state: [job_state].flat()[0] ?? '',
      tasks: tasksIn(array_task_string ?? ''),
    }))
    .filter(({ state }) => ALIVE.has(state));
}

/** Counts the tasks of an array that wait: "0-3,7%2" are five. */
export function tasksIn(text: string): number {
  const ranges = text
    .replace(/%.*$/, '')
    .split(',')
    .filter((range) => range !== '');
  const sizes = ranges.map((range) => {
    const [, from, to, step] = /^(\d+)(?:-(\d+)(?::(\d+))?)?/.exec(range) ?? [];
    return to === undefined ? 1 : Math.floor((Number(to) - Number(from)) / Number(step ?? 1)) + 1;
  });
  return Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}

/** Cancels all jobs of this name. */
export async function cancelJobs(name: string): Promise<void> {
  await slurm('scancel', [`--name=${name}`]);
}

/** The largest number of tasks that one array may have. */
export async function largestArray(): Promise<number> {
  const text = await slurm('scontrol', ['show', 'config']);
  const [, size] = /^MaxArraySize\s*=\s*(\d+)/m.exec(text) ?? [];
  // The largest index is one less than MaxArraySize.
  return size === undefined ? 1000 : Math.max(1, Number(size) - 1);
}
