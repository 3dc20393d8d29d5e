import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Workbench } from './workbench';
import {
  chooseInExplorer,
  chooseTheme,
  explorerRow,
  landscapePage,
  notification,
  openWorkbench,
  painted,
  quickPickRow,
  runCommand,
} from './workbench';

let workbench: Workbench;
beforeAll(async () => {
  // Few samples: what is tested is what a person sees.
  const settings = { 'ridgeline.preset': 'quick', 'ridgeline.samples': 128, 'ridgeline.provider': 'cpu' };
  workbench = await openWorkbench({ settings });
});
afterAll(() => workbench.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.screenshot(`failed: ${task.name.replace(/\W+/g, ' ')}`);
});

const sidecar = (): unknown => JSON.parse(readFileSync(join(workbench.folder, 'lenet.landscape.json'), 'utf8'));
const cards = () => landscapePage(workbench.page).locator('article.card, details.fine-verdict');

type Verdicts = Record<string, string>;

/** Notes each verdict as it first appears, with its level and its advice; runs inside the page. */
function noteVerdicts(section: Element): void {
  const [first, last]: Verdicts[] = [{}, {}];
  const note = (): void => {
    for (const box of section.querySelectorAll('article[aria-labelledby], details:has(> summary > h3)')) {
      const advice = [...box.querySelectorAll('.advice li')].map(({ textContent }) => textContent);
      const { id } = box.querySelector('h3')!;
      last[id] = [box.className, ...advice].join('\n');
      first[id] ??= last[id];
    }
  };
  note();
  new MutationObserver(note).observe(section, { childList: true, subtree: true });
  Object.assign(globalThis, { notedVerdicts: { first, last } });
}

describe('a person with a model', () => {
  it('right-clicks it and is asked once where the data is', async () => {
    const { page } = workbench;
    await explorerRow(page, 'README.md').dblclick();
    await chooseInExplorer(page, 'lenet.onnx', 'Analyze Landscape');
    const candidate = quickPickRow(page, 'lenet.npz');
    await candidate.waitFor({ timeout: 60_000 });
    expect(await candidate.innerText()).toMatch(/cross_entropy/);
    expect(await candidate.innerText()).toMatch(/1000/);
    expect(await quickPickRow(page, 'Generated inputs').innerText()).toMatch(/labelled by the model itself/);
    await workbench.screenshot('1 where the data is');
    await candidate.click();
  });

  it('sees progress that can be cancelled, then verdicts with their evidence', async () => {
    const { page } = workbench;
    const progress = landscapePage(page).locator('.running');
    await progress.waitFor();
    expect(await progress.getByRole('button', { name: 'Cancel' }).count()).toBe(1);
    // The page itself shows the progress, so nothing covers it.
    expect(await notification(page, 'lenet.onnx').count()).toBe(0);
    await expect.poll(() => page.locator('.statusbar-item', { hasText: 'lenet.onnx' }).count()).toBe(1);
    await landscapePage(page).locator('.figures').first().waitFor();
    await workbench.screenshot('2 while it runs');
    const section = landscapePage(page).locator('#verdicts');
    await section.evaluate(noteVerdicts);
    await progress.waitFor({ state: 'detached', timeout: 170_000 });
    // A verdict waits until its figures are final: none that appeared on the way was taken back.
    const { first, last } = await section.evaluate(
      () => (globalThis as unknown as { notedVerdicts: { first: Verdicts; last: Verdicts } }).notedVerdicts,
    );
    expect(first).toEqual(last);
    expect(await cards().count()).toBeGreaterThanOrEqual(3);
    expect(await cards().first().locator('.verdict').innerText()).toMatch(/present|absent|not resolved/i);
    expect(await cards().first().locator('.evidence').innerText()).toMatch(/\d/);
    await workbench.screenshot('3 verdicts');
  });

  it('is not asked again, since the answer is saved beside the model', () => {
    expect(sidecar()).toEqual({ data: 'lenet.npz', loss: 'cross_entropy' });
  });

  it('sees charts that are painted', async () => {
    const canvases = landscapePage(workbench.page).locator('canvas');
    expect(await canvases.count()).toBeGreaterThanOrEqual(4);
    for (const canvas of await canvases.all()) {
      await canvas.scrollIntoViewIfNeeded();
      const label = `chart ${await canvas.getAttribute('aria-label')}`;
      await expect.poll(async () => (await painted(canvas)).pixels, { message: label }).toBeGreaterThan(500);
      expect((await painted(canvas)).colours, label).toBeGreaterThan(3);
    }
    await workbench.screenshot('4 charts');
  });

  it('has a page that keeps its security policy and contacts no other host', () => {
    expect(workbench.policyViolations).toEqual([]);
    expect([...workbench.foreignHosts]).toEqual([]);
    expect(workbench.pageErrors).toEqual([]);
  });

  it('finds the model with its verdicts in the tree', async () => {
    const { page } = workbench;
    await page.locator('.pane-header', { hasText: 'Loss Landscapes' }).click();
    const row = page.locator('.pane', { hasText: 'Loss Landscapes' }).locator('.monaco-list-row').first();
    await row.waitFor();
    expect(await row.innerText()).toMatch(/lenet\.onnx[\s\S]*loss 0\.\d+/);
    await workbench.screenshot('5 tree');
    await page.locator('.pane-header', { hasText: 'Loss Landscapes' }).click();
  });

  it('saves the report as one file that shows the same page anywhere', async () => {
    const { page, folder } = workbench;
    const shown = await cards().allInnerTexts();
    await landscapePage(page)
      .getByRole('button', { name: /^Export/ })
      .click();
    await quickPickRow(page, 'HTML page').click();
    const file = join(folder, 'lenet.landscape-report.html');
    const input = page.locator('.quick-input-widget input').first();
    await expect.poll(() => input.inputValue()).toBe(file);
    await input.press('Enter');
    await notification(page, 'Saved').waitFor();
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`file://${file}`);
    await elsewhere.locator('article.card').first().waitFor();
    expect(await elsewhere.locator('article.card, details.fine-verdict').allInnerTexts()).toEqual(shown);
    await elsewhere.screenshot({ path: 'test-artifacts/6 exported report.png' });
    await elsewhere.close();
    expect([...workbench.foreignHosts]).toEqual([]);
  });

  it('switches the theme, and page and charts follow', async () => {
    const body = landscapePage(workbench.page).locator('body');
    const canvas = landscapePage(workbench.page).locator('canvas').first();
    const dark = await painted(canvas);
    await chooseTheme(workbench.page, 'Light Modern');
    await expect.poll(() => body.getAttribute('class')).toContain('vscode-light');
    await expect.poll(async () => (await painted(canvas)).digest).not.toBe(dark.digest);
    await workbench.screenshot('7 light');
    await chooseTheme(workbench.page, 'Dark High Contrast');
    await expect.poll(() => body.getAttribute('class')).toContain('vscode-high-contrast');
    await workbench.screenshot('8 high contrast');
    await chooseTheme(workbench.page, 'Dark Modern');
  });

  it('reloads the window and finds the panel as it was', async () => {
    const before = await cards().allInnerTexts();
    await workbench.page.reload();
    await cards().first().waitFor({ timeout: 60_000 });
    expect(await cards().allInnerTexts()).toEqual(before);
    await workbench.screenshot('9 after a reload');
  });

  it('closes the panel and opens the report again from the list', async () => {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await expect.poll(() => page.locator('iframe.webview').count()).toBe(0);
    await runCommand(page, 'Ridgeline: Open Report…');
    await quickPickRow(page, 'lenet.onnx').click();
    await cards().first().waitFor();
  });

  it('cancels a run and keeps what was measured', async () => {
    const { page } = workbench;
    writeFileSync(
      join(workbench.folder, 'lenet.landscape.json'),
      JSON.stringify({ data: 'lenet.npz', loss: 'cross_entropy', preset: 'thorough', samples: 500 }),
    );
    await chooseInExplorer(page, 'lenet.onnx', 'Analyze Landscape');
    // The page of the last report is there until the run begins.
    const progress = landscapePage(page).locator('.running');
    await progress.waitFor({ timeout: 60_000 });
    // Only the first figures are certain to be there; a fast machine may show more before the run is cancelled.
    const figures = landscapePage(page).locator('.figures').first();
    await figures.waitFor({ timeout: 60_000 });
    // Covered by another editor, the page cannot show the progress.
    await explorerRow(page, 'README.md').dblclick();
    const hidden = notification(page, 'lenet.onnx');
    await hidden.waitFor();
    await page.locator('.tab.active', { hasText: 'README.md' }).waitFor();
    await runCommand(page, 'View: Close Editor');
    await hidden.waitFor({ state: 'detached' });
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await landscapePage(page)
      .getByText(/Cancelled at \d+\s%/)
      .waitFor();
    expect(await progress.count()).toBe(0);
    expect(await figures.innerText()).toMatch(/\d/);
    await workbench.screenshot('10 cancelled');
  });

  it('finds an interrupted run after a reload, and continues it', async () => {
    const { page } = workbench;
    await landscapePage(page).getByText('Continue', { exact: true }).click();
    await landscapePage(page).locator('.running').waitFor();
    // What the cancelled run measured is there at once.
    expect(await landscapePage(page).locator('.figures').first().innerText()).toMatch(/\d/);
    await landscapePage(page).locator('#plane canvas').waitFor({ timeout: 120_000 });
    // The report so far is saved every second.
    await page.waitForTimeout(2500);
    await page.reload();
    await landscapePage(page)
      .getByText(/Interrupted at \d+\s%/)
      .waitFor({ timeout: 60_000 });
    expect(await landscapePage(page).locator('#plane canvas').count()).toBe(1);
    await workbench.screenshot('11 interrupted');
    await landscapePage(page).getByText('Continue', { exact: true }).click();
    await landscapePage(page).locator('.running').waitFor();
    expect(await landscapePage(page).locator('#plane canvas').count()).toBe(1);
    await landscapePage(page).getByRole('button', { name: 'Cancel' }).click();
    await landscapePage(page)
      .getByText(/Cancelled at \d+\s%/)
      .waitFor();
  });

  it('learns what is wrong with a file that is not a model, and what to do', async () => {
    const { page } = workbench;
    writeFileSync(join(workbench.folder, 'notes.onnx'), 'These are my notes.\n'.repeat(20));
    await chooseInExplorer(page, 'notes.onnx', 'Analyze Landscape');
    const message = notification(page, 'notes.onnx');
    await message.waitFor({ timeout: 60_000 });
    const text = await message.innerText();
    expect(text).toMatch(/not .*ONNX model|no ONNX model/i);
    expect(text).toContain(join(workbench.folder, 'notes.onnx'));
    expect(await message.getByRole('button', { name: 'Choose Another Model…' }).count()).toBeGreaterThan(0);
    await workbench.screenshot('12 no model');
  });
});
