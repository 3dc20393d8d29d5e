// Measures in a real workbench how soon a person sees something: from the click on the data to the panel, and to the
// first figures of the sample.
//   node scripts/editorTimes.mjs [RUNS]
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureNodeModules, root } from './install.mjs';
import { packageExtension } from './package.mjs';

ensureNodeModules();
const { openBrowser } = await import('./workbench/browser.mjs');
const { startServer } = await import('./workbench/server.mjs');

/* global addEventListener, document, requestAnimationFrame, setInterval */
/** Runs in every frame. Notes when the last click happened, and when the page first painted panel and figures. */
function watch() {
  const times = {};
  globalThis.ridgelineTimes = times;
  addEventListener('mousedown', () => (times.click = Date.now()), true);
  const note = (name, selector) => {
    if (times[name] || !document.querySelector(selector)) return;
    times[name] = NaN;
    requestAnimationFrame(() => setTimeout(() => (times[name] = Date.now())));
  };
  setInterval(() => {
    note('panel', '.running');
    note('figures', '.figures .value');
  }, 4);
}

const runs = [];
for (let run = 0; run < Number(process.argv[2] ?? 3); run++) {
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-times-'));
  const folder = join(scratch, 'sample');
  cpSync(resolve(root, 'media/sample'), folder, { recursive: true });
  const extension = packageExtension({ out: '.cache/package/endToEnd.vsix' });
  const server = await startServer({ state: join(scratch, 'state'), extension });
  const { page, close } = await openBrowser();
  await page.addInitScript(watch);
  try {
    await page.goto(`${server.origin}/?folder=${folder}`);
    runs.push(await measured(page));
    console.log(runs.at(-1));
  } finally {
    await close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}
mkdirSync(resolve(root, 'test-artifacts'), { recursive: true });
writeFileSync(resolve(root, 'test-artifacts/editorTimes.json'), JSON.stringify(runs, null, 2));

/** Analyses the sample for the first time. @returns milliseconds from the choice of the data */
async function measured(page) {
  const row = page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: /^lenet\.onnx$/ });
  const item = page.locator('.monaco-menu .action-label').filter({ hasText: /^Analyze Landscape$/ });
  await row.waitFor({ timeout: 120_000 });
  while (!(await item.isVisible())) {
    await page.keyboard.press('Escape');
    await row.click({ button: 'right' });
    await item.waitFor({ timeout: 2000 }).catch(() => undefined); // The extension's entries appear later.
  }
  await page.keyboard.press('End');
  await item.click();
  const candidate = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'lenet.npz' }).first();
  await candidate.waitFor({ timeout: 120_000 });
  // A person reads the list before choosing.
  await page.waitForTimeout(2000);
  await candidate.click();
  const panel = page
    .frameLocator('iframe.webview[src*="extensionId=ridgeline.ridgeline"]')
    .frameLocator('iframe#active-frame');
  await panel.locator('.figures .value').first().waitFor({ timeout: 120_000 });
  await page.waitForTimeout(500);
  const shown = await panel.locator('body').evaluate(() => globalThis.ridgelineTimes);
  const { click } = await page.evaluate(() => globalThis.ridgelineTimes);
  return { panelMs: shown.panel - click, figuresMs: shown.figures - click };
}
