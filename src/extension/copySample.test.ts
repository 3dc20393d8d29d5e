import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copySample } from './copySample';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-sample-'));
  await mkdir(join(folder, 'from', 'saddle'), { recursive: true });
  for (const name of ['saddle.onnx', 'saddle.landscape.json']) {
    await writeFile(join(folder, 'from', 'saddle', name), name);
    await chmod(join(folder, 'from', 'saddle', name), 0o444);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('copies files that the user may change, and restores them', async () => {
  const copied = () => copySample(join(folder, 'from'), join(folder, 'storage', 'samples'), 'saddle');
  const model = await copied();
  expect(model).toBe(join(folder, 'storage', 'samples', 'saddle', 'saddle.onnx'));
  expect(await readFile(model, 'utf8')).toBe('saddle.onnx');
  const options = join(folder, 'storage', 'samples', 'saddle', 'saddle.landscape.json');
  await writeFile(options, 'changed');
  await copied();
  expect(await readFile(options, 'utf8')).toBe('saddle.landscape.json');
});
