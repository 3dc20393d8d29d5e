// The page in each of its states, as files that a browser opens: for scripts that take pictures of it.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';

const root = resolve(import.meta.dirname, '..');

/** What launches the browser the same way everywhere: the same fonts and the same software drawing of surfaces. */
export const BROWSER = {
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
};

/** What the browser says about the reader's theme. */
export const THEMES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { colorScheme: 'dark', contrast: 'more' },
};

/**
 * Prepares pages in `folder` from the built page.
 * @returns `read` (JSON → report), `exported` (report → path of its HTML file), and `inEditor` (state of the page → the
 *   script that must run before the page's own, so that it believes itself inside the editor)
 */
export async function preparePages(folder) {
  const bundle = await esbuild.build({
    stdin: {
      contents: `export { readPage, renderHtml } from './src/report/html'; export { reportFromJson } from './src/report/json'; export { packState } from './src/protocol/pageState'; export { spokenInEditor } from './src/protocol/spokenInEditor';`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const code = resolve(folder, 'html.mjs');
  await writeFile(code, bundle.outputFiles[0].contents);
  const { readPage, renderHtml, reportFromJson, packState, spokenInEditor } = await import(pathToFileURL(code).href);
  const assets = await readPage(resolve(root, 'dist/webview'));
  return {
    read: reportFromJson,
    async exported(report, name = 'report') {
      const file = resolve(folder, `${name}.html`);
      await writeFile(file, renderHtml(report, assets));
      return file;
    },
    // Stands in for the editor: answers the page's `ready` message with the state.
    inEditor: (state) => `
    globalThis.acquireVsCodeApi = () => ({
      postMessage: ({ type }) => { if (type === 'ready') setTimeout(() => postMessage({ type: 'state', ...${JSON.stringify(packState(spokenInEditor(state)))} })); },
      getState: () => undefined,
      setState: () => undefined,
    });
    const follow = () => { document.body.className = matchMedia('(prefers-color-scheme: light)').matches ? 'vscode-light' : 'vscode-dark'; };
    addEventListener('DOMContentLoaded', follow);`,
  };
}

/** The states that are no finished report, as the page shows them while it is inside the editor. */
export function otherStates(report) {
  // What an analysis has measured when it begins with the spectrum.
  const later = { spectrum: undefined, dynamics: undefined, optimizers: undefined, checks: undefined };
  const pending = report.diagnostics.slice(0, 6).map(({ id, title, evidence }) => {
    return { id, title, waitsFor: ['Hessian spectrum'], evidence: evidence.slice(0, 1) };
  });
  const partial = { ...report, complete: false, ...later, headline: undefined, diagnostics: [], pending };
  return {
    running: {
      kind: 'running',
      title: 'Analysing',
      progress: { stage: 'Hessian spectrum', detail: '12 of 80 products', fraction: 0.42, secondsLeft: 118 },
      report: partial,
    },
    interrupted: { kind: 'report', report: partial, stopped: { why: 'interrupted', fraction: 0.57 } },
    failed: {
      kind: 'failed',
      failure: {
        kind: 'user',
        what: 'No derivative rule for NonMaxSuppression.',
        where: ['NonMaxSuppression "/detect/nms"'],
        action: 'Loss surfaces still work. For gradients, export without this op or freeze the layers before it.',
      },
      help: [
        { id: 'inspect', label: 'Inspect Model' },
        { id: 'showLog', label: 'Open Log' },
      ],
    },
    empty: { kind: 'empty' },
  };
}
