import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { slurmProcesses, startSlurm } from '../../scripts/slurm/slurm.mjs';
import { eventually, sharedFolder, slurm } from './slurm';

/** Clusters beside the suite's own: each takes free ports and a folder of its own. */
const shared = sharedFolder();
const SLURM = pathToFileURL(resolve(import.meta.dirname, '../../scripts/slurm/slurm.mjs')).href;

it('leaves no process behind, not even of a job that refuses to end', async () => {
  const cluster = await startSlurm(join(shared.path, 'cluster'));
  const script = 'trap "" TERM; (setsid sleep 600 &); touch running; sleep 600';
  const args = ['--parsable', `--chdir=${shared.path}`, `--wrap=${script}`];
  const job = await slurm('sbatch', args, cluster.env.SLURM_CONF);
  const running = ['--noheader', `--jobs=${job}`, '--format=%T'];
  await eventually(async () => expect(await slurm('squeue', running, cluster.env.SLURM_CONF)).toBe('RUNNING'));
  expect(slurmProcesses(cluster.folder).length).toBeGreaterThan(5);
  await cluster.stop();
  expect(slurmProcesses(cluster.folder)).toEqual([]);
});

it('leaves no process behind when the one who started it is killed', async () => {
  const folder = join(shared.path, 'cluster');
  await mkdir(folder);
  const program = `import { startSlurm } from '${SLURM}'; await startSlurm('${folder}'); console.log('started');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  await new Promise((done) => child.stdout.once('data', done));
  expect(slurmProcesses(folder).length).toBeGreaterThanOrEqual(4);
  // Its temporary folder may be gone by then, too.
  const pids = slurmProcesses(folder);
  await rm(folder, { recursive: true });
  child.kill('SIGKILL');
  await eventually(async () => expect(pids.filter(isAlive)).toEqual([]));
});

it('shows the last lines of the log of what does not start', async () => {
  const wrong = startSlurm(join(shared.path, 'cluster'), { maxArraySize: -1 });
  await expect(wrong).rejects.toThrow(/slurmctld ended with code 1[^]*slurmctld[^]*MaxArraySize/);
  expect(slurmProcesses(join(shared.path, 'cluster'))).toEqual([]);
});

it('refuses arrays that reach MaxArraySize, which a plan must therefore stay below', async () => {
  const cluster = await startSlurm(join(shared.path, 'cluster'), { maxArraySize: 5 });
  const array = (indices: string) =>
    slurm('sbatch', [`--array=${indices}`, '--output=/dev/null', '--wrap=true'], cluster.env.SLURM_CONF);
  await expect(array('0-5')).rejects.toThrow('Invalid job array specification');
  await expect(array('0-4')).resolves.toContain('Submitted');
  await cluster.stop();
});

/** Whether a process runs; one that has ended and that nobody has asked for yet has no program. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
