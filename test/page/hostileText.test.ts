import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../scripts/workbench/browser.mjs';
import { packState } from '../../src/protocol/pageState';
import type { PageState } from '../../src/protocol/pageState';
import { PAGE_FILES, readPage, renderHtml } from '../../src/report/html';
import type { PageAssets } from '../../src/report/html';
import { reportFromJson } from '../../src/report/json';
import type { Report } from '../../src/report/report';
import { HOSTILE, withForeignText } from '../unit/hostileReport';

/**
 * Names in files are text and never markup. The tests build the page twice, with hostile and with plain names. Both
 * pages must have the same elements with the same attributes, which shows that no part of a name became an element.
 */
const root = resolve(import.meta.dirname, '../..');
const PLAIN = ' of plain words';

let folder: string;
let assets: PageAssets;
beforeAll(async () => {
  const files = Object.values(PAGE_FILES).map((name) => `dist/webview/${name}`);
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), ...files]);
  assets = await readPage(join(root, 'dist/webview'));
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixtures = ['synthetic-saddle', 'synthetic-lenet'].map((name): [string, Report] => [
  name,
  reportFromJson(readFileSync(join(root, 'test/fixtures/reports', `${name}.json`), 'utf8')),
]);

interface Shown {
  /** Every element, with its depth and the names of its attributes. */
  outline: string[];
  /** Every text and every value of an attribute. */
  texts: string[];
  title: string;
}

/** Lists elements and texts; runs inside the page. Opens everything folded first, so that all of the page is built. */
function inspect(): Shown {
  const outline: string[] = [];
  const texts: string[] = [];
  const visit = (element: Element, depth: number): void => {
    const names = element.getAttributeNames();
    outline.push(`${depth} ${element.localName} ${names.sort().join(' ')}`);
    texts.push(...names.map((name) => element.getAttribute(name)!));
    for (const child of element.childNodes) if (child instanceof Text) texts.push(child.data);
    for (const child of [...element.children, ...(element.shadowRoot?.children ?? [])]) visit(child, depth + 1);
  };
  document.querySelectorAll('details').forEach((details) => (details.open = true));
  visit(document.getElementById('app')!, 0);
  const elsewhere = [...document.head.children, ...document.body.children].map(({ localName }) => localName);
  return { outline: [...outline, ...elsewhere], texts, title: document.title };
}

/** Opens the page in a new browser. @param play code to run before the page's script */
async function opened(report: Report, play?: string): Promise<Shown> {
  const file = join(folder, 'report.html');
  writeFileSync(file, renderHtml(report, assets));
  const { page, foreignHosts, close } = await openBrowser();
  try {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    // The browser reports violations of the page's security policy on the console.
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    await page.exposeFunction('ran', () => faults.push('a name ran as code'));
    if (play) await page.addInitScript(play);
    await page.goto(pathToFileURL(file).href);
    await page.locator('#app > main').waitFor();
    // The page creates its charts one frame after their boxes get a width.
    await page.waitForTimeout(500);
    const shown = await page.evaluate(inspect);
    expect(faults).toEqual([]);
    expect([...foreignHosts]).toEqual([]);
    return shown;
  } finally {
    await close();
  }
}

/** A script that stands in for the editor: it answers the page's `ready` message with the state. */
const host = (state: PageState): string => `
  globalThis.acquireVsCodeApi = () => ({
    postMessage: ({ type }) => {
      if (type === 'ready') setTimeout(() => postMessage({ type: 'state', ...${JSON.stringify(packState(state))} }, '*'));
    },
    getState: () => undefined,
    setState: () => undefined,
  });`;

// eslint-disable-next-line no-control-regex
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;
const named = ({ texts }: Shown) => texts.filter((text) => text.includes('onerror'));

function checkInert(hostile: Shown, plain: Shown): void {
  expect(hostile.outline).toEqual(plain.outline);
  expect(hostile.texts.filter((text) => UNSEEN.test(text))).toEqual([]);
  expect(UNSEEN.test(hostile.title)).toBe(false);
  // The names did reach the page, spelled as they are.
  expect(named(hostile).join()).toContain('<script>ran()</script></style></title></script><img src=x onerror="ran()">');
  expect(named(hostile).join()).toContain('&lt;b&gt; &amp;');
  expect(named(hostile).join()).toContain('\\u{202e}evil');
}

describe.each(fixtures)('names of %s', (_, report) => {
  it('appear as text in the exported HTML', async () => {
    const hostile = await opened(withForeignText(report, HOSTILE));
    expect(named(hostile).length).toBeGreaterThan(20);
    expect(hostile.title).toContain('<b onclick="ran()">&lt;');
    checkInert(hostile, await opened(withForeignText(report, PLAIN)));
  });
});

it.each<[string, (text: string) => PageState]>([
  ['progress', (text) => ({ kind: 'running', title: text, progress: { stage: text, detail: text, fraction: 0.4 } })],
  ['failure', (text) => ({ kind: 'failed', failure: { kind: 'internal', what: text, where: [text], action: text } })],
])('the panel shows hostile names in a %s as text', async (_, state) => {
  const [, report] = fixtures[0];
  const hostile = await opened(report, host(state(HOSTILE)));
  checkInert(hostile, await opened(report, host(state(PLAIN))));
});
