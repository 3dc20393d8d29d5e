import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../scripts/workbench/browser.mjs';
import type { ToMeasuredPage } from '../../src/protocol/measuredPage';
import type { ToModelPage } from '../../src/protocol/modelPage';
import { packState } from '../../src/protocol/pageState';
import type { PageState } from '../../src/protocol/pageState';
import { readPage, renderHtml, webviewHtml } from '../../src/report/html';
import type { Report } from '../../src/report/report';

/** The colours and fonts that the editor gives a page in one of its themes. */
export interface EditorTheme {
  /** Classes of the page's body: `vscode-dark`, `vscode-high-contrast` … */
  classes: string;
  /** The theme's CSS variables that the page reads. */
  variables: Record<string, string>;
}

const THEMES = ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const;

/** The themes as the workbench applies them. The suite of the workbench compares these files with what it sees. */
export const themes = THEMES.map((name): [string, EditorTheme] => [
  name,
  JSON.parse(readFileSync(`test/fixtures/themes/${name}.json`, 'utf8')) as EditorTheme,
]);

/** What shows that the page is in a state. */
const SHOWN: Record<PageState['kind'], string> = {
  empty: '#app .empty',
  waiting: '#app .waiting',
  running: '#app .running',
  failed: '#app .status .banner',
  report: '#app .figures',
};

const ORIGIN = 'https://page.example';
const NONCE = 'nonceOfTheTest';

/** The page of the panel in a browser of its own: the same document, security policy, script and styles. */
export interface EditorPage {
  page: Page;
  /** Errors on the console and violations of the security policy. */
  faults: string[];
  /** Loads the page and waits until it shows the state. */
  load(state: PageState): Promise<void>;
  /** Loads the page of a measurement and lets the extension tell it something. */
  loadMeasured(...told: ToMeasuredPage[]): Promise<void>;
  /**
   * Loads the page of a model.
   * @param kept what the page had the editor keep before
   */
  loadModel(kept: unknown, ...told: ToModelPage[]): Promise<void>;
  /** Sends a message to the page that is loaded. */
  tell(message: object): Promise<void>;
  /** The messages that the page has sent to the extension. */
  posted(): Promise<object[]>;
  /** What the page has asked the editor to keep. */
  kept(): Promise<unknown>;
  /** Loads the page as it is exported, with the report inside it. */
  loadExported(report: Report): Promise<void>;
  /** Puts the page into a theme and a width, and waits until its charts are drawn. */
  dress(theme: EditorTheme, width: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the browser. The page in it is reused for every state. */
export async function openEditorPage(): Promise<EditorPage> {
  const { page, close } = await openBrowser();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  // The browser reports violations of the page's security policy on the console.
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const html = (script: string, style: string): string =>
    webviewHtml({
      nonce: NONCE,
      cspSource: ORIGIN,
      scriptUri: `${ORIGIN}/${script}`,
      surfaceUri: `${ORIGIN}/surface.js`,
      styleUri: `${ORIGIN}/${style}`,
    });
  let exported = '';
  await page.route(`${ORIGIN}/*`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const pages: Record<string, string> = {
      '': html('main.js', 'style.css'),
      measured: html('measured.js', 'measured.css'),
      model: html('inspection.js', 'inspection.css'),
      exported,
    };
    const body = pages[name];
    return route.fulfill(body === undefined ? { path: `dist/webview/${name}` } : { body, contentType: 'text/html' });
  });
  await page.addInitScript(standIn);
  const tell = (message: object): Promise<void> => page.evaluate((told) => postMessage(told), message);
  const show = async (told: readonly object[]): Promise<void> => {
    await page.evaluate(dressed, themes[0]![1]);
    for (const message of told) await tell(message);
    await page.locator('#app h1').waitFor();
  };
  return {
    page,
    faults,
    tell,
    posted: () => page.evaluate(() => (globalThis as unknown as StandIn).posted),
    kept: () => page.evaluate(() => (globalThis as unknown as StandIn).kept),
    async loadMeasured(...told) {
      await page.goto(`${ORIGIN}/measured`);
      await show(told);
    },
    async loadModel(kept, ...told) {
      const address = new URL(`${ORIGIN}/model`);
      address.hash = encodeURIComponent(JSON.stringify(kept ?? null));
      // An address that differs in its hash alone would not load the page again.
      await page.goto('about:blank');
      await page.goto(address.href);
      await show(told);
    },
    async load(state) {
      await page.goto(`${ORIGIN}/`);
      await page.evaluate(dressed, themes[0]![1]);
      await tell({ type: 'state', ...packState(state) });
      await page.locator(SHOWN[state.kind]).first().waitFor();
    },
    async loadExported(report) {
      exported = renderHtml(report, await readPage('dist/webview'));
      await page.goto(`${ORIGIN}/exported`);
      await page.locator('#app .figures').first().waitFor();
      await page.evaluate(twoFrames);
    },
    async dress(theme, width) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(dressed, theme);
      await page.evaluate(twoFrames);
    },
    close,
  };
}

/** What stands in for the editor inside the page. */
interface StandIn {
  posted: object[];
  kept: unknown;
}

/** Stands in for the editor, except in an exported page; runs inside the page. The test itself sends the states. */
function standIn(): void {
  if (location.pathname === '/exported') return;
  // What was kept before comes in the address.
  const before: unknown = location.hash === '' ? null : JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const editor: StandIn = { posted: [], kept: before ?? undefined };
  const api = {
    postMessage: (message: unknown) => void editor.posted.push(message as object),
    getState: () => editor.kept,
    setState: (state: unknown) => void (editor.kept = state),
  };
  Object.defineProperties(globalThis, {
    acquireVsCodeApi: { value: () => api },
    posted: { get: () => editor.posted },
    kept: { get: () => editor.kept },
  });
}

/** Applies a theme as the editor does; runs inside the page. */
function dressed({ classes, variables }: EditorTheme): void {
  document.documentElement.removeAttribute('style');
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
  document.body.className = classes;
  document.body.dataset['vscodeThemeKind'] = classes.split(' ')[0];
}

/** The page draws its charts in the frame after their boxes get a width; runs inside the page. */
function twoFrames(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}
