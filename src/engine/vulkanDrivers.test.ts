import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { vulkanDrivers } from './vulkanDrivers';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ridgeline-vulkan-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function driver(...place: string[]): string {
  const drivers = join(folder, ...place);
  mkdirSync(drivers, { recursive: true });
  writeFileSync(join(drivers, 'card.json'), '{}');
  writeFileSync(join(drivers, 'card.txt'), '');
  return join(drivers, 'card.json');
}

it('finds manifests in the folders of the environment and of the person', () => {
  const mine = driver('.local/share/vulkan/icd.d');
  const shared = driver('data/vulkan/icd.d');
  const found = vulkanDrivers({ XDG_DATA_DIRS: `${join(folder, 'data')}:/nowhere` }, folder);
  expect(found).toEqual(expect.arrayContaining([mine, shared]));
  expect(found).not.toContain(join(folder, 'data/vulkan/icd.d/card.txt'));
});

it('takes those that the environment names instead, files or folders, and none that are missing', () => {
  const named = driver('elsewhere');
  driver('.local/share/vulkan/icd.d');
  for (const place of [named, join(folder, 'elsewhere')])
    expect(vulkanDrivers({ VK_DRIVER_FILES: place }, folder)).toEqual([named]);
  expect(vulkanDrivers({ VK_ICD_FILENAMES: join(folder, 'missing.json') }, folder)).toEqual([]);
});

it('adds further ones', () => {
  const [mine, more] = [driver('.local/share/vulkan/icd.d'), driver('more')];
  expect(vulkanDrivers({ VK_ADD_DRIVER_FILES: more }, folder)).toEqual(expect.arrayContaining([mine, more]));
});
