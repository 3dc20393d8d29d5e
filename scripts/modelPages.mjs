// The page of a model, in a file that a browser opens: for scripts that take pictures of it. What it shows is what the
// built worker tells of the model.
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { root } from './install.mjs';

/** What differs between machines, as all pictures show it. */
const MACHINE = {
  memory: { machine: 16 * 2 ** 30, total: 410 * 2 ** 20 },
  expectedSeconds: { quick: 8, standard: 45, thorough: 240 },
};

/**
 * Asks the worker about a model and writes its page into `folder`.
 * @param report report of the model that the page lists as stored
 * @returns path of the HTML file, and the script that must run before the page's own: it answers the page as the
 *   extension does
 */
export async function modelPage(folder, model, report) {
  const { model: inspected, data, reports, ...told } = await tell(folder, resolve(root, model), report);
  const { statistics, form, preview, loss, time } = told;
  return editorPage(folder, 'inspection', {
    ready: [inspected, data, reports],
    statistics: [statistics],
    configure: [form],
    preview: [preview, loss, time],
  });
}

/**
 * Writes a page of the editor into `folder`.
 * @param bundle name of its script and style in dist/webview
 * @param answers messages that answer each message of the page, by its type
 */
export async function editorPage(folder, bundle, answers) {
  const asset = (name) => readFile(resolve(root, 'dist/webview', name), 'utf8');
  const file = resolve(folder, `${bundle}.html`);
  // A page outside the editor has colours of its own.
  const script = (await asset(`${bundle}.js`)).replace(/<\/(script)/gi, '<\\/$1');
  await writeFile(
    file,
    `<!DOCTYPE html><html lang="en" data-host="standalone"><head><meta charset="utf-8"><title>Ridgeline</title>
<style>${await asset(`${bundle}.css`)}</style></head><body><div id="app"></div><script>${script}</script></body></html>`,
  );
  return { file, init: `(${answering})(${JSON.stringify(answers)})` };
}

/* global addEventListener, document, matchMedia, postMessage */
/** Runs in the page. Stands in for the extension: answers with what the worker told. */
function answering(answers) {
  globalThis.acquireVsCodeApi = () => ({
    postMessage: ({ type }) => setTimeout(() => (answers[type] ?? []).forEach((answer) => postMessage(answer))),
    getState: () => undefined,
    setState: () => undefined,
  });
  addEventListener('DOMContentLoaded', () => {
    document.body.className = matchMedia('(prefers-color-scheme: light)').matches ? 'vscode-light' : 'vscode-dark';
  });
}

/** The times that the form tells, for data of so many samples. */
function times(available) {
  const { quick, standard, thorough } = MACHINE.expectedSeconds;
  return {
    quick: { samples: Math.min(512, available), seconds: quick },
    standard: { samples: available, seconds: standard },
    thorough: { samples: available, seconds: thorough },
  };
}

/** Asks the worker. @returns the messages that the extension would send */
async function tell(folder, path, report) {
  const { EngineClient, Analyze, DescribeWeights, FindData, Inspect, PreviewData, summary } = await bundled(folder);
  const engine = new EngineClient({ script: resolve(root, 'dist/worker.js'), log: () => undefined });
  try {
    const shown = (text) => text.replaceAll(dirname(path), 'models');
    const inspection = await engine.request(Inspect, { model: path, options: {} });
    Object.assign(inspection.memory, MACHINE.memory);
    inspection.expectedSeconds = MACHINE.expectedSeconds;
    const names = inspection.parameters.map(({ name }) => name);
    const statistics = await engine.request(DescribeWeights, { model: path, names });
    const candidates = await engine.request(FindData, { model: path });
    const options = { data: candidates[0].path };
    const preview = await engine.request(PreviewData, { model: path, options });
    const only = { ...options, only: ['loss'], preset: 'quick', samples: 256, provider: 'cpu', seed: 0 };
    const { objective } = await engine.request(Analyze, { model: path, options: only });
    const { loss, standardError, samples, chanceLoss = null, accuracy = null, chanceAccuracy = null } = objective;
    const measured = {
      function: objective.function,
      loss,
      standardError,
      samples,
      chanceLoss,
      accuracy,
      chanceAccuracy,
    };
    const file = basename(path);
    const messages = {
      model: {
        type: 'model',
        name: file,
        path,
        trusted: true,
        state: { kind: 'model', inspection, fileBytes: 248_000 },
      },
      data: { type: 'data', data: { kind: 'found', candidates } },
      reports: {
        type: 'reports',
        reports: [{ id: '1', started: report.provenance.started, summary: summary(report) }],
      },
      statistics: { type: 'statistics', ...statistics },
      form: { type: 'form', options: {}, file: file.replace('.onnx', '.landscape.json') },
      preview: { type: 'preview', data: options.data, preview },
      loss: { type: 'loss', loss: { kind: 'measured', ...measured } },
      time: { type: 'time', time: times(preview.samples) },
    };
    return JSON.parse(shown(JSON.stringify(messages)));
  } finally {
    engine.dispose();
  }
}

/** The extension's own connection to the worker, and the line by which it lists a report. */
export async function bundled(folder) {
  const code = resolve(folder, 'worker.cjs');
  await esbuild.build({
    stdin: {
      contents: `
        import { byLevel, levelOf } from './src/report/text/level';
        import { formatNumber } from './src/text/numbers';
        export { EngineClient } from './src/client/engineClient';
        export { Analyze, DescribeWeights, FindData, Inspect, PreviewData, Verify } from './src/protocol/worker';
        export const summary = ({ diagnostics, objective }) => [
          byLevel(diagnostics.filter((each) => each.verdict === 'present' && levelOf(each) !== 'fine')).map(({ title }) => title).join(', '),
          'loss ' + formatNumber(objective.loss),
        ].join(' · ');`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    outfile: code,
  });
  return (await import(pathToFileURL(code).href)).default;
}
