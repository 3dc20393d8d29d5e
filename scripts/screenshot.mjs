// Takes pictures of the page, to look at while working on it.
//   node scripts/screenshot.mjs REPORT.json|REPORT.html [OUT_DIR] [--only TEXT] [--click SELECTOR] [--widths 400,1200]
// A JSON report is shown in the standalone page and, in its running and failed states, as inside the editor.
// Pictures are named THEME-WIDTH-STATE.png; --only keeps those whose name contains TEXT.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '..');
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
  console.error('Which report? node scripts/screenshot.mjs REPORT.json|REPORT.html [OUT_DIR]');
  process.exit(2);
}

const WIDTHS = flags.widths.split(',').map(Number);
const THEMES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { colorScheme: 'dark', contrast: 'more' },
};

await mkdir(outDir, { recursive: true });
const pages = await pagesOf(source);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ],
});
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
  const bundle = await esbuild.build({
    stdin: {
      contents: `export { renderHtml } from './src/report/html'; export { reportFromJson } from './src/report/json'; export { packState } from './src/protocol/pageState';`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const code = resolve(outDir, 'html.mjs');
  await writeFile(code, bundle.outputFiles[0].contents);
  const { renderHtml, reportFromJson, packState } = await import(pathToFileURL(code).href);
  const asset = (name) => readFile(resolve(root, 'dist/webview', name), 'utf8');
  const report = reportFromJson(await readFile(path, 'utf8'));
  const file = resolve(outDir, 'report.html');
  await writeFile(file, renderHtml(report, { script: await asset('main.js'), style: await asset('style.css') }));
  const partial = { ...report, complete: false, spectrum: undefined, lines: [], diagnostics: [] };
  const states = {
    running: {
      kind: 'running',
      title: 'Analysing',
      progress: { stage: 'Hessian spectrum', detail: '12 of 80 products', fraction: 0.42, secondsLeft: 118 },
      report: partial,
    },
    failed: {
      kind: 'failed',
      failure: {
        kind: 'user',
        what: 'No derivative rule for NonMaxSuppression.',
        where: ['NonMaxSuppression "/detect/nms"'],
        action: 'Loss surfaces still work. For gradients, export without this op or freeze the layers before it.',
      },
    },
    interrupted: { kind: 'report', report: partial, stopped: { why: 'interrupted', fraction: 0.57 } },
    empty: { kind: 'empty' },
  };
  // Stands in for the editor: answers the page's `ready` message with the state.
  const host = (state) => `
    globalThis.acquireVsCodeApi = () => ({
      postMessage: ({ type }) => { if (type === 'ready') setTimeout(() => postMessage({ type: 'state', ...${JSON.stringify(packState(state))} })); },
      getState: () => undefined,
      setState: () => undefined,
    });
    const follow = () => { document.body.className = matchMedia('(prefers-color-scheme: light)').matches ? 'vscode-light' : 'vscode-dark'; };
    addEventListener('DOMContentLoaded', follow);`;
  return [
    { state: 'report', file },
    ...Object.entries(states).map(([state, value]) => ({ state, file, init: host(value) })),
  ];
}
