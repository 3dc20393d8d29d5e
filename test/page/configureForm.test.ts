import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspect } from '../../src/analysis/inspect';
import type { FormOptions } from '../../src/protocol/configure';
import type { ToModelPage } from '../../src/protocol/modelPage';
import { seriousFindings } from './axe';
import { openEditorPage, themes } from './editorPage';
import type { EditorPage } from './editorPage';

let browser: EditorPage;
let model: Extract<ToModelPage, { type: 'model' }>;
beforeAll(async () => {
  browser = await openEditorPage();
  const inspection = await inspect('media/sample/lenet.onnx', {});
  const state = { kind: 'model', inspection, fileBytes: 250_000 } as const;
  model = { type: 'model', name: 'lenet.onnx', path: '/models/lenet.onnx', trusted: true, state };
});
afterAll(() => browser.close());

const samples = () => browser.page.locator('#configure-samples');
const seconds = (standard: number) => ({
  quick: { samples: 512, seconds: 2 },
  standard: { samples: 60_000, seconds: standard },
  thorough: { samples: 60_000, seconds: 9000 },
});
const sent = async (type: string): Promise<FormOptions | undefined> => {
  const posted = (await browser.posted()) as { type: string; options?: FormOptions }[];
  return posted.filter((message) => message.type === type).at(-1)?.options;
};

it('keeps each key that is typed, and asks for the time of what is typed', async () => {
  await browser.loadModel(null, model, { type: 'openForm' }, { type: 'form', options: { data: '/d.npz' }, file: 'f' });
  await samples().pressSequentially('77');
  // The field keeps focus and text while answers arrive.
  await browser.tell({ type: 'loss', loss: { kind: 'measuring' } });
  await browser.page.getByText('Measuring the loss').waitFor();
  await samples().pressSequentially('0');
  expect(await samples().inputValue()).toBe('770');
  await expect.poll(() => sent('expect')).toEqual({ data: '/d.npz', samples: 770 });
  expect(await browser.kept()).toMatchObject({ page: { form: { data: '/d.npz', samples: 770 } } });
});

it('tells the time for the samples and parts that are chosen', async () => {
  await browser.tell({ type: 'time', time: seconds(180) });
  await browser.page.getByText('Takes about 3\u00a0min for 60,000\u00a0samples and all parts.').waitFor();
  await browser.page.locator('vscode-checkbox', { hasText: 'Optimizers' }).click();
  await browser.page.getByText('Estimating the time…').waitFor();
  await browser.tell({ type: 'time', time: seconds(120) });
  await browser.page.getByText('Takes about 2\u00a0min for 60,000\u00a0samples and these parts.').waitFor();
});

it('is open again after a reload, with what was typed', async () => {
  const kept = await browser.kept();
  await browser.loadModel(kept, model);
  expect(await samples().inputValue()).toBe('770');
  const optimizers = browser.page.locator('vscode-checkbox', { hasText: 'Optimizers' });
  expect(await optimizers.getAttribute('aria-checked')).toBe('false');
  expect(await sent('preview')).toMatchObject({ data: '/d.npz', samples: 770 });
  // The command that opens the form leaves what is typed, though the options file says otherwise.
  await browser.tell({ type: 'openForm' });
  await browser.tell({ type: 'form', options: { samples: 5 }, file: 'f' });
  await browser.tell({ type: 'saved', file: 'lenet.landscape.json' });
  await browser.page.getByText('Saved in lenet.landscape.json.').waitFor();
  expect(await samples().inputValue()).toBe('770');
});

it('stays closed after a reload where it was closed, or where the workspace is not trusted', async () => {
  const open = await browser.kept();
  await browser.loadModel(open, { ...model, trusted: false });
  expect(await samples().isVisible()).toBe(false);
  await browser.loadModel(open, model);
  await browser.page.locator('#configure vscode-button', { hasText: 'Close' }).click();
  await browser.loadModel(await browser.kept(), model);
  expect(await browser.page.locator('#configure').isVisible()).toBe(false);
});

it('has no serious finding of axe-core, and fits, narrow and wide', async () => {
  await browser.loadModel({ page: { form: { data: '/d.npz', samples: 770 } } }, model);
  await browser.tell({ type: 'time', time: seconds(180) });
  for (const [name, theme] of themes) {
    for (const width of [400, 1600]) {
      await browser.dress(theme, width);
      const beyond = await browser.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(beyond, `${name} at ${width} pixels`).toBeLessThanOrEqual(0);
      if (name === 'dark' || width === 1600) expect(await seriousFindings(browser.page), name).toEqual([]);
    }
  }
  expect(browser.faults).toEqual([]);
});
