import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCase } from '../conformance/nodeCase';
import { cellsOf, placementText } from '../conformance/operatorTable';
import { placementOf } from '../conformance/placement';

/** The Vulkan software driver of Debian's chromium. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
process.env.VK_ICD_FILENAMES ??= DRIVER;

/** Some of these cases run entirely on the device, the others do not. */
const FOLDERS = ['test_tanh_example', 'test_abs', 'test_softsign_example', 'test_transpose_default'].map(
  (name) => `test/fixtures/conformance/${name}`,
);

describe.skipIf(!existsSync(DRIVER))('the column WebGPU of docs/operators.md', () => {
  const rows = new Map(
    readFileSync('docs/operators.md', 'utf8')
      .split('\n')
      .map(cellsOf)
      .map((cells) => [cells[0], cells]),
  );

  it.each(FOLDERS.filter((folder) => existsSync(folder)))('agrees with a measurement of %s', async (folder) => {
    const nodeCase = await readCase(folder, basename(folder));
    expect(rows.get(nodeCase.operator)?.[3]).toBe(placementText(await placementOf(nodeCase)));
  });
});
