import { rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { killNode, startNode } from '../../scripts/slurm/slurm.mjs';
import type { Figures } from './ridgeline';
import { figures, held, partsIn, reportIn, ridgeline, root, runIn, start, submissionsIn } from './ridgeline';
import { clusterFolder, eventually, sharedFolder, slurm } from './slurm';

/** What fails on a cluster must cost time alone: the figures are those of one machine, or the report says what lacks. */
const digits = join(root, 'test/fixtures/mlp_digits');
const DATA = ['model.onnx', '--data', 'data.npz', '--samples', '32', '--provider', 'cpu'];
const WHAT = [...DATA, '--preset', 'quick', '--only', 'loss,spectrum,plane'];
/** A part in the middle of the array, a tile of the plane: others are done before it and after it. */
const MIDDLE = 12;
/** The second random vector of the spectral density. */
const PROBE = 0;

const shared = sharedFolder();
const cache = () => join(shared.path, 'cache');
const output = () => join(shared.path, 'report.json');
const analyze = () => ['analyze', ...WHAT, '--cache', cache(), '--output', output()];
const onCluster = () => [...analyze(), '--cluster', 'slurm', '--jobs', '2'];

let alone: Figures;
beforeAll(async () => {
  const folder = clusterFolder();
  await ridgeline(digits, [
    'analyze',
    ...WHAT,
    '--cache',
    join(folder, 'cache'),
    '--output',
    join(folder, 'alone.json'),
  ]);
  alone = await figures(join(folder, 'alone.json'));
});

describe('a task', () => {
  it('that is killed is submitted again', async () => {
    const run = start(digits, onCluster(), { fault: 'hold', part: MIDDLE });
    process.kill((await held(cache())).pid, 'SIGKILL');
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(await figures(output())).toEqual(alone);
    expect(await submissionsIn(await runIn(cache()))).toBe(2);
  });

  it('whose node dies runs again elsewhere', async () => {
    const run = start(digits, onCluster(), { fault: 'hold', part: MIDDLE });
    const { node } = await held(cache());
    killNode(clusterFolder(), node);
    expect(await partsIn(await runIn(cache()))).not.toContain(MIDDLE);
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(await figures(output())).toEqual(alone);
    const { nodes } = (await reportIn(output())).cluster!;
    expect(nodes.reduce((sum, { parts }) => sum + parts, 0)).toBe((await partsIn(await runIn(cache()))).length);
    await startNode(clusterFolder(), node);
  });

  it('that can never finish a part leaves a partial report, and the same command continues it', async () => {
    const { code, stderr } = await start(digits, onCluster(), { fault: 'refuse', part: PROBE }).ended;
    expect(code, stderr).toBe(0);
    const run = await runIn(cache());
    // Once, and twice again.
    expect(await submissionsIn(run)).toBe(3);
    const { cluster, warnings, spectrum, ...rest } = await reportIn(output());
    expect(cluster!.measured).toBe(cluster!.parts - 1);
    expect(warnings[0]).toContain(`Partial: ${cluster!.measured} of ${cluster!.parts} parts`);
    // One probe less is a wider error, and everything else is what it is.
    expect(spectrum!.hessian!.ritz).toEqual(alone.spectrum!.hessian!.ritz!.slice(0, 1));
    expect(rest).toMatchObject({ planes: alone.planes, objective: alone.objective });

    await ridgeline(digits, onCluster());
    expect(await figures(output())).toEqual(alone);
  });
});

describe('a file of a part', () => {
  it('that was cut off or damaged is noticed and measured again', async () => {
    await ridgeline(digits, onCluster());
    const run = await runIn(cache());
    const file = (part: number) => join(run, 'parts', `${part}.part`);
    await truncate(file(3), (await stat(file(3))).size - 1);
    await truncate(file(MIDDLE), 0);
    for (const name of ['report.json', 'cache']) await rm(join(run, name), { recursive: true });
    await rm(output());

    await ridgeline(digits, onCluster());
    expect(await figures(output())).toEqual(alone);
    expect(await submissionsIn(run)).toBe(3);
  });
});

describe('a run', () => {
  it('that was cancelled keeps its parts and is continued by the same command', async () => {
    const first = start(digits, onCluster(), { fault: 'hold', part: MIDDLE });
    await held(cache());
    const run = await runIn(cache());
    const before = await partsIn(run);
    expect(before.length).toBeGreaterThan(0);
    const name = /(\w+) +running/.exec(await ridgeline(digits, ['jobs', '--cache', cache()]))![1];
    await ridgeline(digits, ['jobs', 'cancel', name, '--cache', cache()]);
    expect((await first.ended).code).not.toBe(0);
    await eventually(async () => expect(await slurm('squeue', ['--noheader'])).toBe(''));
    expect(await ridgeline(digits, ['jobs', '--cache', cache()])).toMatch(new RegExp(`${name} +cancelled`));
    const kept = await Promise.all(before.map((part) => stat(join(run, 'parts', `${part}.part`))));

    await ridgeline(digits, ['jobs', 'gather', name, '--cache', cache(), '--output', output()]);
    const { model, ...rest } = await figures(output());
    // A run is gathered from any folder, so that the report names its model from the root.
    expect({ ...rest, model: { ...model, path: alone.model.path } }).toEqual(alone);
    const now = await Promise.all(before.map((part) => stat(join(run, 'parts', `${part}.part`))));
    expect(now.map(({ ino }) => ino)).toEqual(kept.map(({ ino }) => ino));
  });

  it('leaves nothing in the queue when its user interrupts it', async () => {
    const run = start(digits, onCluster(), { fault: 'hold', part: MIDDLE });
    await held(cache());
    run.interrupt();
    expect((await run.ended).code).not.toBe(0);
    await eventually(async () => expect(await slurm('squeue', ['--noheader'])).toBe(''));
  });
});
