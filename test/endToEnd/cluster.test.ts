import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSlurm } from '../../scripts/slurm/slurm.mjs';
import type { Workbench } from './workbench';
import { chooseInExplorer, landscapePage, openWorkbench } from './workbench';

/** The workbench stores which editors are open some seconds after a change. */
const STORED_MS = 6000;

let workbench: Workbench;
let slurm: Awaited<ReturnType<typeof startSlurm>>;
const folder = mkdtempSync(join(tmpdir(), 'ridgeline-slurm-'));

/** Tells Slurm whether its nodes take jobs. */
async function nodesTakeJobs(take: boolean): Promise<void> {
  const how = take ? ['State=RESUME'] : ['State=DRAIN', 'Reason=test'];
  const env = { ...process.env, ...slurm.env };
  await promisify(execFile)('scontrol', ['update', 'NodeName=n1,n2', ...how], { env });
}

beforeAll(async () => {
  slurm = await startSlurm(folder);
  // The editor finds the cluster as a login node does.
  Object.assign(process.env, slurm.env);
  workbench = await openWorkbench({ settings: { 'ridgeline.preset': 'quick', 'ridgeline.provider': 'cpu' } });
  const options = { data: 'lenet.npz', samples: 64, only: ['loss', 'gradient', 'lines'] };
  writeFileSync(join(workbench.folder, 'lenet.landscape.json'), JSON.stringify(options));
});
afterAll(async () => {
  await workbench.close();
  await slurm.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.screenshot(`failed: ${task.name.replace(/\W+/g, ' ')}`);
});

describe('a person on a login node', () => {
  it('hands an analysis to the cluster, and finds it again in a window that opens anew', async () => {
    const { page } = workbench;
    await nodesTakeJobs(false);
    await chooseInExplorer(page, 'lenet.onnx', 'Analyze on Cluster…');
    await page.locator('.quick-input-widget input').waitFor();
    await workbench.screenshot('21 arguments of sbatch');
    await page.keyboard.press('Enter');
    const waits = /[1-9]\d* waiting/;
    await landscapePage(page).getByText(waits).waitFor({ timeout: 60_000 });
    await workbench.screenshot('22 waiting for the cluster');
    await page.waitForTimeout(STORED_MS);
    await page.reload();
    await landscapePage(page).getByText(waits).waitFor({ timeout: 120_000 });
    await nodesTakeJobs(true);
    await landscapePage(page).locator('article.card').first().waitFor({ timeout: 180_000 });
    expect(await landscapePage(page).locator('.figures').first().innerText()).toMatch(/\d/);
    await workbench.screenshot('23 measured by the cluster');
    expect(workbench.pageErrors).toEqual([]);
  });
});
