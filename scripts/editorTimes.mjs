// Measures in a real workbench how soon a person sees something: after the choice of the data for the sample, and after
// a click on a model. Prints a table and writes test-artifacts/editorTimes.json.
//   node scripts/editorTimes.mjs [RUNS]
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeBigModel } from './bigModel.mjs';
import { ensureNodeModules, root } from './install.mjs';
import { packageExtension } from './package.mjs';

ensureNodeModules();
const { openBrowser } = await import('./workbench/browser.mjs');
const { startServer } = await import('./workbench/server.mjs');

const OURS = 'iframe.webview[src*="extensionId=ridgeline.ridgeline"]';
/** A person reads the list before choosing, and does not click while the window still loads. */
const READING_MS = 2000;
const SETTLING_MS = 5000;

/** What is measured, in milliseconds from a click, and what was promised. */
const TIMES = {
  panel: { name: 'choice of the data → panel, painted', limit: 300 },
  figures: { name: 'choice of the data → first figures, painted', limit: 1500 },
  opened: { name: 'click on the first model → its page, painted', limit: 2000 },
  openedBig: { name: 'click on a model of 0.5 GB → its page, painted', limit: 2000 },
};
/** Where the time of the first model goes, from the same click. */
const PARTS = {
  frame: 'the editor makes a frame',
  document: 'the frame begins the page',
  fetched: 'script and styles are there',
  mounted: 'the script has built the page',
  painted: 'the page is painted with the model',
};

/* global addEventListener, document, requestAnimationFrame, setInterval */
/** Runs in every frame. Notes when the last click happened, and when the page first painted what is waited for. */
function watch() {
  const times = { document: performance.timeOrigin };
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
    note('model', '.model-page table');
    note('mounted', '#app > *');
    const frames = document.querySelectorAll('iframe.webview[src*="extensionId=ridgeline.ridgeline"]').length;
    if (frames > 0) (times.frames ??= [])[frames - 1] ??= Date.now();
  }, 4);
}

const runs = [];
const extension = packageExtension({ out: '.cache/package/endToEnd.vsix' });
for (let run = 0; run < Number(process.argv[2] ?? 3); run++) {
  const load = loadavg()[0];
  runs.push({
    load,
    analysis: await inWorkbench(extension, chooseData),
    models: await inWorkbench(extension, openModels),
  });
  console.log(`run ${run + 1}: load before ${load.toFixed(1)}`);
}
mkdirSync(resolve(root, 'test-artifacts'), { recursive: true });
writeFileSync(resolve(root, 'test-artifacts/editorTimes.json'), JSON.stringify(runs, null, 2));
printTable();

/** Opens a folder with the sample and a large model in a workbench of its own. */
async function inWorkbench(extension, measure) {
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-times-'));
  const folder = join(scratch, 'sample');
  cpSync(resolve(root, 'media/sample'), folder, { recursive: true });
  writeBigModel(join(folder, 'big.onnx'));
  const server = await startServer({ state: join(scratch, 'state'), extension });
  const { page, close } = await openBrowser();
  await page.addInitScript(watch);
  try {
    await page.goto(`${server.origin}/?folder=${folder}`);
    await row(page, 'lenet.onnx').waitFor({ timeout: 120_000 });
    return await measure(page);
  } finally {
    await close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function row(page, name) {
  return page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: new RegExp(`^${name}$`) });
}

/** Analyses the sample for the first time. @returns milliseconds from the choice of the data */
async function chooseData(page) {
  const item = page.locator('.monaco-menu .action-label').filter({ hasText: /^Analyze Landscape$/ });
  while (!(await item.isVisible())) {
    await page.keyboard.press('Escape');
    await row(page, 'lenet.onnx').click({ button: 'right' });
    await item.waitFor({ timeout: 2000 }).catch(() => undefined); // The extension's entries appear later.
  }
  await page.keyboard.press('End');
  await item.click();
  const candidate = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'lenet.npz' }).first();
  await candidate.waitFor({ timeout: 120_000 });
  await page.waitForTimeout(READING_MS);
  await candidate.click();
  const panel = page.frameLocator(OURS).frameLocator('iframe#active-frame');
  await panel.locator('.figures .value').first().waitFor({ timeout: 120_000 });
  const [shown, { click }] = await timesOf(page, panel);
  return { panel: shown.panel - click, figures: shown.figures - click };
}

/** Opens the sample, then the large model. @returns milliseconds from the click on each */
async function openModels(page) {
  await page.waitForTimeout(SETTLING_MS);
  const open = async (name) => {
    await row(page, name).click();
    const model = page.frameLocator(OURS).last().frameLocator('iframe#active-frame');
    await model.getByText(name).first().waitFor({ timeout: 120_000 });
    await model.locator('.model-page table').first().waitFor({ timeout: 120_000 });
    return timesOf(page, model);
  };
  const [first, { click, frames }] = await open('lenet.onnx');
  const parts = { frame: frames[0], ...first, painted: first.model };
  await page.waitForTimeout(READING_MS);
  const [big, later] = await open('big.onnx');
  return {
    opened: first.model - click,
    openedBig: big.model - later.click,
    ...Object.fromEntries(Object.keys(PARTS).map((name) => [name, parts[name] - click])),
  };
}

/** What was noted inside a page of ours, and what in the workbench around it. */
async function timesOf(page, frame) {
  await page.waitForTimeout(500);
  const shown = await frame.locator('body').evaluate(() => {
    const ends = performance.getEntriesByType('resource').map(({ responseEnd }) => responseEnd);
    return { ...globalThis.ridgelineTimes, fetched: performance.timeOrigin + Math.max(...ends) };
  });
  return [shown, await page.evaluate(() => globalThis.ridgelineTimes)];
}

function printTable() {
  const print = (name, values, limit) => {
    const middle = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
    const verdict = limit === undefined ? '' : middle <= limit ? `≤ ${limit} ms` : `over ${limit} ms`;
    const all = values.map((value) => String(Math.round(value)).padStart(6)).join('');
    console.log(`${name.padEnd(48)}${String(Math.round(middle)).padStart(6)} ms  ${verdict.padEnd(13)} runs:${all}`);
  };
  console.log(`\nMedians of ${runs.length} runs, a new workbench for each`);
  for (const [key, { name, limit }] of Object.entries(TIMES)) {
    print(
      name,
      runs.map(({ analysis, models }) => analysis[key] ?? models[key]),
      limit,
    );
  }
  console.log('\nThe first model, from the click until');
  for (const [key, name] of Object.entries(PARTS))
    print(
      `  ${name}`,
      runs.map(({ models }) => models[key]),
    );
}
