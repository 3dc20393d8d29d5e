// Takes pictures of the page, to look at while working on it. Without arguments, takes those of media/ anew.
//   node scripts/screenshot.mjs [--only TEXT]
//   node scripts/screenshot.mjs REPORT.json|REPORT.html [OUT_DIR] [--only TEXT] [--click SELECTOR] [--widths 400,1200]
// A JSON report is shown in the standalone page and, in its running and failed states, as inside the editor.
// Pictures are named THEME-WIDTH-STATE.png; --only keeps those whose name contains TEXT.
import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { BROWSER, otherStates, preparePages, THEMES } from './pageStates.mjs';

const { values: flags, positionals } = (await import('node:util')).parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    click: { type: 'string', multiple: true },
    section: { type: 'string' },
    widths: { type: 'string', default: '380,900,1600' },
  },
});
const [source, outDir = 'test-artifacts/screenshots'] = positionals;
if (!source) {
  const { takeScreens } = await import('./screens.mjs');
  await takeScreens(flags.only);
  process.exit();
}

const WIDTHS = flags.widths.split(',').map(Number);

await mkdir(outDir, { recursive: true });
const pages = await pagesOf(source);
const browser = await chromium.launch(BROWSER);
let faults = 0;
for (const { state, file, init } of pages) {
  for (const [theme, media] of Object.entries(THEMES)) {
    for (const width of WIDTHS) {
      const name = `${theme}-${width}-${state}`;
      if (flags.only && !name.includes(flags.only)) continue;
      const context = await browser.newContext({ viewport: { width, height: 900 }, ...media });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') note(name, message.text());
      });
      page.on('pageerror', (error) => note(name, error.stack ?? error.message));
      if (init) await page.addInitScript(init);
      await page.goto(pathToFileURL(file).href);
      await page.waitForTimeout(700);
      for (const selector of flags.click ?? []) await page.locator(selector).first().click({ force: true });
      if (flags.click) await page.waitForTimeout(500);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      if (overflow > 0) note(name, `the page is ${overflow} pixels wider than the window`);
      const path = resolve(outDir, `${name}.png`);
      if (flags.section) await page.locator(flags.section).screenshot({ path });
      else await page.screenshot({ path, fullPage: true });
      console.log(path);
      await context.close();
    }
  }
}
await browser.close();
process.exitCode = faults > 0 ? 1 : 0;

function note(name, text) {
  faults += 1;
  console.error(`${name}: ${text}`);
}

/** Every state the page can be in: the file to open, and the script to run before the page's own. */
async function pagesOf(path) {
  if (path.endsWith('.html')) return [{ state: 'report', file: resolve(path) }];
  const { read, exported, inEditor } = await preparePages(outDir);
  const report = read(await readFile(path, 'utf8'));
  const file = await exported(report);
  return [
    { state: 'report', file },
    ...Object.entries(otherStates(report)).map(([state, value]) => ({ state, file, init: inEditor(value) })),
  ];
}
