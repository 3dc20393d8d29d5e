// Packages the extension, installs it into a clean workbench as a user would, and drives it there: the walkthrough, then
// an analysis of the sample. Takes the pictures that only a whole editor can give.
//   node scripts/tryPackage.mjs [FILE.vsix]
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { root } from './install.mjs';
import { packageExtension } from './package.mjs';
import { palettePng } from './palettePng.mjs';
import { openBrowser } from './workbench/browser.mjs';
import { startServer } from './workbench/server.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-try-'));
const folder = join(scratch, 'models');
cpSync(resolve(root, 'media/sample'), folder, { recursive: true });
writeFileSync(
  join(folder, 'lenet.landscape.json'),
  JSON.stringify({ data: 'lenet.npz', loss: 'cross_entropy', preset: 'quick', provider: 'cpu' }),
);

const extension = process.argv[2] ?? packageExtension({ out: '.cache/package/try.vsix' });
console.log(`VSIX: ${(statSync(extension).size / 1e6).toFixed(1)} MB`);
const server = await startServer({ state: join(scratch, 'state'), extension });
const browser = await openBrowser({ width: 1600, height: 1000 });
const { page } = browser;
const faults = [];
page.on('pageerror', (error) => faults.push(error.message));
page.on('console', (message) => {
  if (/content security policy/i.test(message.text())) faults.push(message.text());
});
try {
  await page.goto(`${server.origin}/?folder=${folder}`);
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 120_000 });

  await runCommand('Ridgeline: Get Started with Loss Landscapes');
  const steps = page.locator('.getting-started-step');
  await steps.nth(6).waitFor({ timeout: 60_000 });
  // The picture of the first step is loaded after its text.
  await page.locator('.getting-started-media img').first().waitFor();
  await rest();
  await take('media/screens/walkthrough.png');
  console.log(`walkthrough: ${await steps.count()} steps`);

  await runCommand('View: Close All Editors');
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: /^lenet\.onnx$/ }).click();
  // The model's own editor must say something before the panel opens beside it.
  const ownEditor = page
    .frameLocator('iframe.webview[src*="extensionId=ridgeline.ridgeline"]')
    .first()
    .frameLocator('iframe#active-frame');
  await ownEditor.getByText('61,706').first().waitFor({ timeout: 120_000 });
  await runCommand('Ridgeline: Analyze Landscape');
  const landscape = page
    .frameLocator('iframe.webview[src*="extensionId=ridgeline.ridgeline"]')
    // The model's own editor is a page of the extension, too. The panel opens after it.
    .last()
    .frameLocator('iframe#active-frame');
  await landscape.locator('article.card').first().waitFor({ timeout: 300_000 });
  await landscape.getByText('Export…').first().waitFor({ timeout: 300_000 });
  await runCommand('View: Close Other Editors in Group').catch(() => undefined);
  await rest();
  await take('media/screens/workbench.png');
  console.log(`analysis: ${await landscape.locator('article.card').count()} verdicts on the page`);
  if (faults.length > 0) throw new Error(faults.join('\n'));
} finally {
  await browser.close();
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}

async function runCommand(title) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input').first();
  await input.fill(`>${title}`);
  await page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ hasText: title.replace(/^\w+: /, '') })
    .first()
    .click();
}

/** Waits until two pictures in a row are the same. */
async function rest() {
  let before = await page.screenshot();
  for (let tries = 0; tries < 40; tries++) {
    await page.waitForTimeout(400);
    const after = await page.screenshot();
    if (after.equals(before)) return;
    before = after;
  }
}

async function take(file) {
  // What lies under the mouse may show a tooltip.
  await page.mouse.move(800, 990);
  await page.waitForTimeout(500);
  const picture = palettePng(PNG.sync.read(await page.screenshot({ animations: 'disabled' })), 256);
  writeFileSync(resolve(root, file), picture);
  console.log(`${file} ${Math.ceil(picture.length / 1024)} KiB`);
}
