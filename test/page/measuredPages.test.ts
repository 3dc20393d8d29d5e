import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packDated } from '../../src/protocol/measured';
import type { ProvidersFound, Verification } from '../../src/protocol/measured';
import type { ToMeasuredPage } from '../../src/protocol/measuredPage';
import { HOSTILE } from '../unit/hostileReport';
import { seriousFindings } from './axe';
import { openEditorPage, themes } from './editorPage';
import type { EditorPage } from './editorPage';

type Told = Extract<ToMeasuredPage, { type: 'state' }>;

let browser: EditorPage;
beforeAll(async () => {
  browser = await openEditorPage();
});
afterAll(() => browser.close());

const measured = '2026-11-29T22:14:00.000Z';
const checks: Verification['checks'] = [
  { name: 'gradient, direction 1', value: 1.5e-6, limit: 3.7e-4, passed: true, detail: 'gᵀd 2.4, differences 2.4' },
  { name: 'curvature, direction 1', value: 0.31, limit: 0.0057, passed: false, detail: 'dᵀHd 2.4, differences 2.1' },
  {
    name: 'curvature, direction 2',
    value: 1e-4,
    limit: 0.005,
    passed: true,
    judged: false,
    detail: 'rounding leaves differences good to 0.005 only; dᵀHd 0.5, differences 0.5',
  },
  { name: 'repetition', value: NaN, limit: 1e-5, passed: false, detail: 'the gradient twice, of size NaN' },
];
const verified = (result: Partial<Verification> = {}): string =>
  packDated<'verification'>({ result: { checks, data: '/models/lenet.npz', fileTime: 0, ...result }, measured });

const missing = { available: false, device: '', isInstallable: false, isUsable: false, gflops: 0, error: NaN, bits: 0 };
const working = { available: true, isInstallable: false, isUsable: true, error: 0, bits: 24 };
const providers: ProvidersFound['providers'] = [
  { ...working, name: 'cpu', device: 'CPU, 2 threads', reason: 'no accelerator is faster here', gflops: 37.4 },
  { ...missing, name: 'cuda', reason: 'its libraries are not installed', isInstallable: true },
  { ...working, name: 'webgpu', device: 'webgpu', reason: 'not faster than the CPU', gflops: 12, error: 1e-6 },
  { ...missing, name: 'dml', reason: 'not part of this package on this platform' },
];
const found = packDated<'providers'>({
  result: { providers, chosen: 'cpu', reason: 'no accelerator is faster here' },
  measured,
});

const lenet = { type: 'state', page: 'verification', title: 'lenet.onnx', path: '/models/lenet.onnx' } as const;
const machine = { type: 'state', page: 'providers', title: '', path: '' } as const;
const still = { state: { kind: 'idle' }, setting: 'auto' } as const;
const measuring = {
  ...still,
  state: { kind: 'measuring', progress: { stage: 'Verifying', detail: 'forward mode', fraction: 0.47 } },
} as const;
const failed: Told['state'] = {
  kind: 'failed',
  failure: { kind: 'user', what: 'lenet.npz cannot be read.', where: ['/models/lenet.npz'], action: 'Choose others.' },
  help: [{ id: 'chooseData', label: 'Choose Data…' }],
};

const states: Record<string, Told> = {
  'nothing verified yet': { ...lenet, ...still },
  'verifying for the first time': { ...lenet, ...measuring },
  'verifying again': { ...lenet, ...measuring, dated: verified() },
  'every check passed': { ...lenet, ...still, dated: verified({ checks: [checks[0]!] }) },
  'some checks failed': { ...lenet, ...still, dated: verified(), since: 'changed' },
  'a failure': { ...lenet, ...still, state: failed },
  'a failure above an earlier result': { ...lenet, ...still, state: failed, dated: verified() },
  'no provider tried yet': { ...machine, ...still },
  'probing providers': { ...machine, ...measuring },
  'providers found': { ...machine, ...still, dated: found },
  'a provider in the settings': { ...machine, ...still, dated: found, setting: 'webgpu' },
};

describe.each(Object.entries(states))('the page of a measurement with %s', (_, told) => {
  beforeAll(() => browser.loadMeasured(told));

  it.each(themes)('has no serious finding of axe-core in the theme %s', async (name, theme) => {
    const [widths, only] = name === 'dark' ? [[400, 1600]] : [[1600], ['color-contrast']];
    for (const width of widths) {
      await browser.dress(theme, width);
      expect(await seriousFindings(browser.page, only), `at ${width} pixels`).toEqual([]);
    }
  });

  it('fits windows of both widths, logs no error and keeps its security policy', async () => {
    for (const width of [400, 1600]) {
      await browser.dress(themes[0]![1], width);
      const beyond = await browser.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(beyond).toBeLessThanOrEqual(0);
    }
    expect(browser.faults).toEqual([]);
  });
});

const rows = () => browser.page.locator('tbody tr').allInnerTexts();

describe('the page of a verification', () => {
  beforeAll(() =>
    browser.loadMeasured({ type: 'belongsTo', subject: '/models/lenet.onnx' }, states['some checks failed']!),
  );

  it('begins with what failed, and gives each check its value, bound and reason', async () => {
    await browser.dress(themes[0]![1], 1600);
    const texts = (await rows()).map((text) => text.replace(/\s+/g, ' '));
    expect(texts[0]).toBe(
      '✗ failed curvature, direction 1 dᵀHd against second differences of the loss along d 0.31 0.0057 dᵀHd 2.4, differences 2.1: 54 times the bound',
    );
    expect(texts[1]).toMatch(/failed repetition .* NaN .* NaN is no figure to compare$/);
    expect(texts[2]).toMatch(/not judged .* rounding leaves differences good to 0.005 only$/);
    expect(texts[3]).toMatch(/passed gradient, direction 1/);
  });

  it('tells when it was measured, and that the file has changed', async () => {
    const line = browser.page.locator('.measured-at');
    expect(await line.innerText()).toContain('November 2026');
    expect(await line.innerText()).toContain('The model file has changed since.');
    expect(await line.locator('time').getAttribute('datetime')).toBe(measured);
  });

  it('keeps its subject, by which the editor restores the panel', async () => {
    expect(await browser.kept()).toEqual({ subject: '/models/lenet.onnx' });
  });

  it('measures anew by keyboard, and can be cancelled while progress arrives', async () => {
    const { page } = browser;
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await browser.posted()).toContainEqual({ type: 'again' });
    await browser.tell(states['verifying again']!);
    const cancel = page.getByText('Cancel');
    await cancel.waitFor();
    // The old result stays in sight, and the button keeps its focus while progress comes.
    expect((await rows()).length).toBe(checks.length);
    await cancel.focus();
    await browser.tell({
      ...states['verifying again']!,
      state: { ...measuring.state, progress: { stage: 'Verifying', fraction: 0.9 } },
    });
    await page.getByText('90').waitFor();
    await page.keyboard.press('Enter');
    expect(await browser.posted()).toContainEqual({ type: 'cancel' });
  });

  it('leads out of a failure', async () => {
    await browser.tell(states['a failure above an earlier result']!);
    await browser.page.getByText('Choose Data…').click();
    expect(await browser.posted()).toContainEqual({ type: 'help', id: 'chooseData' });
  });

  it('shows hostile names as text', async () => {
    const bad = [{ ...checks[1]!, name: HOSTILE, detail: HOSTILE }];
    const told = { ...states['a failure above an earlier result']!, title: HOSTILE, path: HOSTILE };
    await browser.tell({ ...told, dated: verified({ checks: bad, data: HOSTILE }) });
    await browser.page.getByText('<script>').first().waitFor();
    expect(await browser.page.locator('#app script, #app img, #app b').count()).toBe(0);
    expect(browser.faults).toEqual([]);
  });
});

describe('the page of the execution providers', () => {
  beforeAll(() => browser.loadMeasured(states['a provider in the settings']!));

  it('says what analyses run on, and offers to install and to choose', async () => {
    const { page } = browser;
    expect(await page.locator('.setting-line').innerText()).toContain('Analyses run on webgpu, as the settings say.');
    expect((await rows())[1]).toMatch(
      /cuda\s+– no\s+–\s+–\s+Its libraries are not installed\.\s+Install CUDA Libraries…/,
    );
    for (const label of ['Install CUDA Libraries…', 'Use for analyses', 'Choose automatically']) {
      await page.locator('vscode-button', { hasText: label }).click();
    }
    const posted = await browser.posted();
    expect(posted).toContainEqual({ type: 'install' });
    // The provider that the settings name needs no such button, so the only one is that of the CPU.
    expect(posted).toContainEqual({ type: 'choose', provider: 'cpu' });
    expect(posted).toContainEqual({ type: 'choose', provider: 'auto' });
  });

  it('does not say that analyses run on a provider that cannot be used', async () => {
    await browser.tell({ ...states['a provider in the settings']!, setting: 'cuda' });
    const line = browser.page.locator('.setting-line', { hasText: 'cuda' });
    await line.waitFor();
    expect(await line.innerText()).toContain('Analyses run on cpu, because cuda');
    expect(await browser.page.locator('tr', { hasText: 'in use' }).innerText()).toMatch(/^cpu/);
  });
});
