import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageState } from '../../src/protocol/pageState';
import { seriousFindings } from './axe';
import { openEditorPage, themes } from './editorPage';
import type { EditorPage } from './editorPage';
import { measuredReports } from './measuredReports';

let browser: EditorPage;
let reports: Awaited<ReturnType<typeof measuredReports>>;
beforeAll(async () => {
  [browser, reports] = await Promise.all([openEditorPage(), measuredReports()]);
});
afterAll(() => browser.close());

const progress = { stage: 'Hessian spectrum', detail: '12 of 80 products', fraction: 0.42 };
const failure = {
  kind: 'user' as const,
  what: 'No derivative rule for NonMaxSuppression.',
  where: ['NonMaxSuppression "/detect/nms"'],
  action: 'Loss surfaces still work. For gradients, export without this op or freeze the layers before it.',
};
const cancelled = { kind: 'cancelled' as const, what: 'Cancelled.', where: [] };
const pending = [
  {
    id: 'saddle',
    title: 'Saddle point',
    waitsFor: ['Extreme eigenvalues', 'Trace'],
    evidence: [{ name: '‖g‖', value: 0.31, error: 0.02 }],
  },
];
const partial = () => ({ ...reports.path, complete: false, path: undefined, lines: [], pending });

/** Every state of the page. The functions wait for the reports to be measured. */
const states: Record<string, () => PageState> = {
  empty: () => ({ kind: 'empty' }),
  waiting: () => ({ kind: 'waiting', title: 'model.onnx', text: 'Waiting for the choice of data.' }),
  started: () => ({ kind: 'running', title: 'model.onnx', progress }),
  running: () => ({ kind: 'running', title: 'model.onnx', progress, report: partial() }),
  failed: () => ({ kind: 'failed', failure }),
  cancelled: () => ({ kind: 'failed', failure: cancelled, report: partial() }),
  stopped: () => ({ kind: 'report', report: partial(), stopped: { why: 'interrupted', fraction: 0.57 } }),
  report: () => ({ kind: 'report', report: reports.model }),
  comparison: () => ({ kind: 'report', report: reports.comparison }),
  path: () => ({ kind: 'report', report: reports.path }),
};

describe('the exported page', () => {
  it.each<[string, Parameters<EditorPage['page']['emulateMedia']>[0]]>([
    ['dark', { colorScheme: 'dark', contrast: 'no-preference' }],
    ['light', { colorScheme: 'light', contrast: 'no-preference' }],
    ['dark with more contrast', { colorScheme: 'dark', contrast: 'more' }],
    ['light with more contrast', { colorScheme: 'light', contrast: 'more' }],
  ])('has texts of enough contrast where a browser asks for %s', async (_, media) => {
    await browser.page.emulateMedia({ ...media, reducedMotion: 'reduce' });
    await browser.loadExported(reports.path);
    expect(await seriousFindings(browser.page, ['color-contrast'])).toEqual([]);
    expect(browser.faults).toEqual([]);
  });
});

describe.each(Object.entries(states))('the page in the state %s', (_, state) => {
  beforeAll(() => browser.load(state()));

  it.each(themes)('has no serious finding of axe-core in the theme %s', async (name, theme) => {
    // Between themes nothing but the colours differs, and these do not change with the width.
    const [widths, only] = name === 'dark' ? [[400, 1600]] : [[1600], ['color-contrast']];
    for (const width of widths) {
      await browser.dress(theme, width);
      expect(await seriousFindings(browser.page, only), `at ${width} pixels`).toEqual([]);
    }
  });

  it('fits windows of both widths, logs no error and keeps its security policy', async () => {
    for (const width of [400, 1600]) {
      await browser.dress(themes[0]![1], width);
      expect(await browser.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
        0,
      );
    }
    expect(browser.faults).toEqual([]);
  });
});
