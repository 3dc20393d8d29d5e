import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killNode, startNode } from '../../scripts/slurm/slurm.mjs';
import { clusterFolder, eventually, facts, sharedFolder, slurm, states, submit } from './slurm';

/** What Ridgeline's cluster runs rely on, seen on the Slurm that the suite starts: nothing of Ridgeline runs here. */
const shared = sharedFolder();
const read = (name: string) => readFile(join(shared.path, name), 'utf8');

it('has two idle nodes', async () => {
  const nodes = () => slurm('sinfo', ['--noheader', '--Node', '--format=%N %t']);
  await eventually(async () => expect(await nodes()).toBe('n1 idle\nn2 idle'));
});

it('runs an array on both nodes', async () => {
  const wait = 'while [ ! -e node-n1 ] || [ ! -e node-n2 ]; do sleep 0.1; done';
  const job = await submit(shared.path, `touch node-$SLURMD_NODENAME; ${wait}`, '--array=0-3');
  await eventually(async () => {
    expect(await states(job)).toEqual({
      [`${job}_0`]: 'COMPLETED',
      [`${job}_1`]: 'COMPLETED',
      [`${job}_2`]: 'COMPLETED',
      [`${job}_3`]: 'COMPLETED',
    });
  });
});

it('counts a killed task as failed, does not requeue it, and starts what comes after any end', async () => {
  const script = '[ $SLURM_ARRAY_TASK_ID = 1 ] && kill -KILL $$; true';
  const job = await submit(shared.path, script, '--array=0-1', '--requeue');
  await submit(shared.path, 'echo begun > after.txt', `--dependency=afterany:${job}`);
  await eventually(async () => expect(await read('after.txt')).toBe('begun\n'));
  expect(await states(job)).toEqual({ [`${job}_0`]: 'COMPLETED', [`${job}_1`]: 'FAILED' });
  expect((await facts(`${job}_1`)).Restarts).toBe('0');
});

it('requeues the task of a lost node', async () => {
  const script = 'echo $SLURMD_NODENAME >> nodes.txt; [ $SLURM_RESTART_COUNT ] || sleep 600';
  const job = await submit(shared.path, script, '--array=0', '--nodelist=n2', '--requeue', '--open-mode=append');
  await eventually(async () => expect(await read('nodes.txt')).toBe('n2\n'));
  killNode(clusterFolder(), 'n2');
  await eventually(async () => expect(await states(job)).toEqual({ [`${job}_0`]: 'PENDING' }));
  expect((await facts(`${job}_0`)).Restarts).toBe('1');
  expect(await readFile(join(clusterFolder(), 'jobcomp.txt'), 'utf8')).toContain(`JobId=${job} UserId`);

  await startNode(clusterFolder(), 'n2');
  await eventually(async () => expect(await states(job)).toEqual({ [`${job}_0`]: 'COMPLETED' }));
  expect(await read('nodes.txt')).toBe('n2\nn2\n');
});
