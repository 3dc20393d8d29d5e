import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killNode, startNode } from '../../scripts/slurm/slurm.mjs';
import { figures, ridgeline, root, runIn, start } from './ridgeline';
import { clusterFolder, eventually, sharedFolder, slurm } from './slurm';

/** Ranks that share the data, started by Slurm on its two nodes. */
const digits = join(root, 'test/fixtures/mlp_digits');
const WHAT = ['model.onnx', '--data', 'data.npz', '--provider', 'cpu', '--threads', '1', '--batch', '64'];
const PARTS = ['--samples', '512', '--only', 'loss,gradient,spectrum,lines'];

const shared = sharedFolder();

/** Starts an analysis over four shards on so many ranks. */
function gang(name: string, ranks: number) {
  const [cache, output] = [join(shared.path, name), join(shared.path, `${name}.json`)];
  const onCluster = ['--cluster', 'slurm', '--shards', '4', '--jobs', String(ranks)];
  const run = start(digits, ['analyze', ...WHAT, ...PARTS, '--cache', cache, '--output', output, ...onCluster]);
  return { cache, output, run };
}

/** The figures of a report, without the sentence that counts the ranks. */
async function figuresIn(output: string) {
  const { notes, ...rest } = await figures(output);
  return { ...rest, notes: notes!.filter((note) => !note.startsWith('Measured by')) };
}

/** What the ranks of the only job in a cache folder printed. */
async function logOf(cache: string): Promise<string> {
  const folder = join(await runIn(cache), 'logs');
  const logs = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return logs.join('\n');
}

it('one rank and two give the same bits, and a run whose node dies in the middle gives them, too', async () => {
  const one = gang('one', 1);
  expect(await one.run.ended).toMatchObject({ code: 0 });
  const expected = await figuresIn(one.output);

  const two = gang('two', 2);
  // Some products are in the journal, so the run is in the middle.
  await eventually(async () => {
    const journals = join(await runIn(two.cache), 'cache', 'journals');
    const sizes = await Promise.all(
      (await readdir(journals)).map(async (name) => (await stat(join(journals, name))).size),
    );
    expect(Math.max(0, ...sizes)).toBeGreaterThan(100_000);
  });
  expect(await readdir(await runIn(two.cache))).not.toContain('report.json');
  killNode(clusterFolder(), 'n2');
  // The job waits for two nodes, so it cannot run again before the other is back.
  await eventually(async () => {
    expect(await slurm('squeue', ['--noheader', '--format=%T'])).toContain('PENDING');
  });
  await startNode(clusterFolder(), 'n2');
  expect(await two.run.ended).toMatchObject({ code: 0 });
  expect(await logOf(two.cache)).toMatch(/Continues a run of/);
  expect(await figuresIn(two.output)).toEqual(expected);

  const again = ['analyze', ...WHAT, ...PARTS, '--cache', two.cache, '--cluster', 'slurm', '--shards', '4'];
  await ridgeline(digits, [...again, '--output', join(shared.path, 'again.json')]);
  expect(await figuresIn(join(shared.path, 'again.json'))).toEqual(expected);
});

it('a mistake ends the job at once, and says what it is', async () => {
  const cache = join(shared.path, 'cache');
  const wrong = ['analyze', ...WHAT, '--loss', 'cross_entropy', '--class-axis', '7', '--cache', cache];
  const { code, stderr } = await start(digits, [...wrong, '--cluster', 'slurm', '--shards', '2']).ended;
  expect(code).toBe(2);
  expect(stderr).toContain('axis');
});
