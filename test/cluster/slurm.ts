import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, vi } from 'vitest';

/** The folder of the cluster that the suite started. */
export const clusterFolder = (): string => dirname(process.env.SLURM_CONF!);

/** Runs one of Slurm's commands. @param conf the configuration of another cluster than the suite's */
export async function slurm(command: string, args: readonly string[], conf?: string): Promise<string> {
  const env = { ...process.env, ...(conf && { SLURM_CONF: conf }) };
  const { stdout } = await promisify(execFile)(command, args, { env });
  return stdout.trim();
}

/** Submits a shell script. @returns the job's id */
export function submit(folder: string, script: string, ...options: string[]): Promise<string> {
  return slurm('sbatch', ['--parsable', `--chdir=${folder}`, ...options, `--wrap=${script}`]);
}

/** Jobs and tasks of arrays by id ("12" or "12_3"), with their states, those that have ended included. */
export async function states(job: string): Promise<Record<string, string>> {
  const table = await slurm('squeue', ['--noheader', '--array', '--states=all', `--jobs=${job}`, '--format=%i %T']);
  return Object.fromEntries(table.split('\n').map((line) => line.split(' ') as [string, string]));
}

/** What Slurm knows of one job or task: `Restarts`, `BatchHost` and so on. */
export async function facts(job: string): Promise<Record<string, string>> {
  const text = await slurm('scontrol', ['show', '--oneliner', 'job', job]);
  return Object.fromEntries(text.split(' ').map((word) => word.split(/=(.*)/s).slice(0, 2) as [string, string]));
}

/** Waits until `look` passes. The limit is generous: it ends a test that would wait for ever, and measures nothing. */
export function eventually<T>(look: () => Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: 300_000, interval: 200 });
}

/** Ends all jobs, those that ignore it included, so that no test finds the nodes busy with another's. */
async function emptyQueue(): Promise<void> {
  await slurm('scancel', ['--signal=KILL', '--full', `--user=${userInfo().username}`]);
  await slurm('scancel', [`--user=${userInfo().username}`]);
  await eventually(async () => {
    if ((await slurm('squeue', ['--noheader'])) !== '') throw new Error('jobs are left');
  });
}

/** A folder for each test, seen by every node. Afterwards it is removed, and the queue is empty. */
export function sharedFolder(): { path: string } {
  const folder = { path: '' };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'ridgeline-shared-'));
  });
  afterEach(async () => {
    await emptyQueue();
    await rm(folder.path, { recursive: true, force: true });
  });
  return folder;
}
