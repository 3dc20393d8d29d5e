import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { figures, partsIn, ridgeline, root, runIn, start } from './ridgeline';
import { sharedFolder } from './slurm';
import { smallDisk } from './smallDisk';
import type { SmallDisk } from './smallDisk';

const digits = join(root, 'test/fixtures/mlp_digits');
const WHAT = ['model.onnx', '--data', 'data.npz', '--samples', '64', '--preset', 'quick', '--provider', 'cpu'];
/** Room for the plan and some of the parts. */
const FULL = 160 * 1024;

const shared = sharedFolder();
let disk: SmallDisk;
beforeEach(async () => {
  disk = await smallDisk(FULL);
});
afterEach(() => disk.remove());

it('keeps what was measured before the disk was full, and gives no report until there is room', async () => {
  const output = join(shared.path, 'report.json');
  const analyze = ['analyze', ...WHAT, '--cache', disk.path, '--cluster', 'slurm', '--jobs', '2', '--output', output];
  const { code, stderr } = await start(digits, analyze).ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/The run ended without a report; \d+ of \d+ parts are there/);
  expect(existsSync(output)).toBe(false);
  const run = await runIn(disk.path);
  const there = await partsIn(run);
  expect(there.length).toBeGreaterThan(0);
  const before = await inodes(run, there);

  await disk.makeRoom();
  await ridgeline(digits, analyze);
  const alone = join(shared.path, 'alone.json');
  await ridgeline(digits, ['analyze', ...WHAT, '--cache', join(shared.path, 'cache'), '--output', alone]);
  expect(await figures(output)).toEqual(await figures(alone));
  expect(await inodes(run, there)).toEqual(before);
});

async function inodes(run: string, parts: readonly number[]): Promise<number[]> {
  const files = await Promise.all(parts.map((part) => stat(join(run, 'parts', `${part}.part`))));
  return files.map(({ ino }) => ino);
}
