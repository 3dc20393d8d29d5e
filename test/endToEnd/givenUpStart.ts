import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { INSTALLED } from './installExtension';
import type { Workbench } from './workbench';
import { chooseInExplorer, landscapePage, quickPickRow, runCommand } from './workbench';

/**
 * Tests Cancel between the choice of data and the first measurement, in a workbench whose folder holds `model.onnx`,
 * which is measured in a second, and its `data.npz`.
 */
export function givenUpStartTests(workbench: () => Workbench): void {
  const reports = (name: string) =>
    workbench().page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name });
  const landscapeTabs = (model: string): Promise<number> =>
    workbench()
      .page.locator('.tab', { hasText: `${model}: landscape` })
      .count();
  /** The page that was opened last. */
  const lastPage = (): FrameLocator =>
    workbench().page.frameLocator('iframe.webview[src*="ridgeline"]').last().frameLocator('iframe#active-frame');
  const closeEditors = async (): Promise<void> => {
    await runCommand(workbench().page, 'View: Close All Editors');
    await expect.poll(() => workbench().page.locator('iframe.webview').count()).toBe(0);
  };
  const measured = async (): Promise<void> => {
    await lastPage().locator('main .figures').first().waitFor({ timeout: 60_000 });
    await lastPage().locator('.running').waitFor({ state: 'detached', timeout: 120_000 });
  };

  describe('a person who cancels before an analysis begins', () => {
    it('closes its page, and nothing is measured until the person asks again', async () => {
      const { page, folder } = workbench();
      for (const name of ['first.onnx', 'second.onnx']) cpSync(join(folder, 'model.onnx'), join(folder, name));
      await closeEditors();
      await chooseInExplorer(page, 'first.onnx', 'Inspect Model');
      const analyze = landscapePage(page).getByRole('button', { name: 'Analyze with it: data.npz' });
      await analyze.waitFor({ timeout: 60_000 });
      // An analysis begins when the loss is guessed. The process that guesses it stands still.
      const held = engines();
      expect(held.length).toBeGreaterThan(0);
      for (const pid of held) process.kill(pid, 'SIGSTOP');
      try {
        await analyze.click();
        await lastPage().locator('.running').getByRole('button', { name: 'Cancel' }).click({ timeout: 60_000 });
        await expect.poll(() => landscapeTabs('first.onnx')).toBe(0);
      } finally {
        for (const pid of held) process.kill(pid, 'SIGCONT');
      }
      // The start goes on as far as the choice of data, which is kept.
      const chosen = join(folder, 'first.landscape.json');
      await expect.poll(() => existsSync(chosen), { timeout: 60_000 }).toBe(true);

      // One analysis is measured after the other, so the first would have its report before the second has one.
      await closeEditors();
      cpSync(chosen, join(folder, 'second.landscape.json'));
      await chooseInExplorer(page, 'second.onnx', 'Analyze Landscape');
      await measured();
      expect(await landscapeTabs('first.onnx')).toBe(0);
      await runCommand(page, 'Ridgeline: Open Report…');
      await quickPickRow(page, 'second.onnx').waitFor();
      expect(await reports('first.onnx').count()).toBe(0);
      await page.keyboard.press('Escape');

      await closeEditors();
      await chooseInExplorer(page, 'first.onnx', 'Analyze Landscape');
      await measured();
      await closeEditors();
    });
  });
}

/** The processes that inspect and measure for the installed extension. */
function engines(): number[] {
  const ids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const isEngine = (id: string): boolean => {
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8');
      return command.includes(process.env[INSTALLED]!) && command.includes('worker.js');
    } catch {
      return false; // It has ended.
    }
  };
  return ids.filter(isEngine).map(Number);
}
