import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { germanTests } from './german';
import type { Workbench } from './workbench';
import { chooseInExplorer, explorerRow, landscapePage, openWorkbench, runCommand } from './workbench';

/** The workbench stores which editors are open, and what their pages keep, some seconds after a change. */
const STORED_MS = 6000;

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ settings: { 'ridgeline.preset': 'quick', 'ridgeline.provider': 'cpu' } });
  // A model that is measured in a second, with data that its options file names.
  for (const name of ['model.onnx', 'data.npz'])
    cpSync(`test/fixtures/landscapes/basin/${name}`, join(workbench.folder, name));
  writeFileSync(join(workbench.folder, 'model.landscape.json'), JSON.stringify({ data: 'data.npz', samples: 32 }));
});
afterAll(() => workbench.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.screenshot(`failed: ${task.name.replace(/\W+/g, ' ')}`);
});

describe('a person who reloads the window', () => {
  it('still has the verification, with the date at which it was measured', async () => {
    const { page } = workbench;
    await explorerRow(page, 'model.onnx').waitFor({ timeout: 60_000 });
    await chooseInExplorer(page, 'model.onnx', 'Verify Derivatives');
    const shown = landscapePage(page);
    await shown.locator('.checks-table').waitFor({ timeout: 120_000 });
    const before = await shown.locator('time').getAttribute('datetime');
    const rows = await shown.locator('tbody tr').count();
    await page.waitForTimeout(STORED_MS);
    await page.reload();
    await landscapePage(page).locator('.checks-table').waitFor({ timeout: 120_000 });
    expect(await landscapePage(page).locator('time').getAttribute('datetime')).toBe(before);
    expect(await landscapePage(page).locator('tbody tr').count()).toBe(rows);
    await workbench.screenshot('20 a verification after a reload');
  });

  it('still has the open form, with what was typed', async () => {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await expect.poll(() => page.locator('iframe.webview').count()).toBe(0);
    await chooseInExplorer(page, 'model.onnx', 'Configure Analysis…');
    const samples = (): Locator => landscapePage(page).locator('#configure-samples');
    await samples().waitFor({ timeout: 60_000 });
    await samples().fill('17');
    await page.waitForTimeout(STORED_MS);
    await page.reload();
    await samples().waitFor({ timeout: 120_000 });
    expect(await samples().inputValue()).toBe('17');
    expect(workbench.pageErrors).toEqual([]);
    expect(workbench.policyViolations).toEqual([]);
  });
});

germanTests(() => workbench);
