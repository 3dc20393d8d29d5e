import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Part } from '../../src/options/options';
import type { PageState } from '../../src/protocol/pageState';
import { reportFromJson } from '../../src/report/json';
import { openEditorPage } from './editorPage';
import type { EditorPage } from './editorPage';

/** While an analysis runs, the page holds places for what it will find, and for nothing else. */
const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-lenet.json', 'utf8'));
const progress = { stage: 'Loss lines', fraction: 0.1 };

let browser: EditorPage;
beforeAll(async () => {
  browser = await openEditorPage();
});
afterAll(() => browser.close());

const waiting = () =>
  browser.page
    .locator('section:visible:has(> .section-body > .skeleton)')
    .evaluateAll((sections) => sections.map(({ id }) => id));
const running = (parts?: readonly Part[]): PageState => ({ kind: 'running', title: 'm.onnx', progress, parts });

it.each<[string, readonly Part[] | undefined, string[]]>([
  ['all of a whole analysis', undefined, ['plane', 'lines', 'spectrum', 'eigenvalues', 'layers']],
  ['those that were asked for', ['loss', 'lines'], ['lines']],
  ['none beside the sections of a comparison or a path', [], []],
])('are there before the first figures: %s', async (_, parts, ids) => {
  await browser.load(running(parts));
  expect((await waiting()).sort()).toEqual(ids.sort());
});

it('go where only some parts are asked for, once the report says so', async () => {
  const options = { ...report.provenance.options, only: ['loss' as const, 'lines' as const] };
  const partial = { ...report, lines: [], planes: [], complete: false, spectrum: undefined };
  await browser.load({
    ...running(),
    report: { ...partial, provenance: { ...report.provenance, options } },
  } as PageState);
  expect(await waiting()).toEqual(['lines']);
});
