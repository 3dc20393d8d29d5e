import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { reportFromJson } from '../../src/report/json';
import { openEditorPage } from './editorPage';
import type { EditorPage } from './editorPage';

/** Three.js is as large as the rest of the page, which does without it until the reader asks for a surface. */
const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-lenet.json', 'utf8'));

let browser: EditorPage;
let requested: string[];
beforeAll(async () => {
  browser = await openEditorPage();
  browser.page.on('request', (request) => requested.push(new URL(request.url()).pathname));
});
beforeEach(() => (requested = []));
afterAll(() => browser.close());

const showSurface = () => browser.page.locator('#plane input[value=surface]').check({ force: true });
const chart = () => browser.page.locator('#plane .chart.surface');
/** Whether the surface shows more than one colour. */
const drawn = () =>
  chart()
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const ctx = copy.getContext('2d')!;
      ctx.drawImage(canvas, 0, 0);
      const pixels = new Uint32Array(ctx.getImageData(0, 0, copy.width, copy.height).data.buffer);
      return new Set(pixels).size > 100;
    });

it('is loaded in the editor when the first surface is shown, and once', async () => {
  await browser.load({ kind: 'report', report });
  expect(requested).toContain('/main.js');
  expect(requested).not.toContain('/surface.js');
  await showSurface();
  await expect.poll(drawn, { timeout: 10_000 }).toBe(true);
  expect(await chart().getAttribute('aria-busy')).toBeNull();
  await browser.page.locator('#plane input[value=contour]').check({ force: true });
  await showSurface();
  await expect.poll(drawn, { timeout: 10_000 }).toBe(true);
  expect(requested.filter((path) => path === '/surface.js')).toHaveLength(1);
  expect(browser.faults).toEqual([]);
});

it('lies in an exported file, which draws surfaces without a request', async () => {
  await browser.loadExported(report);
  requested = [];
  await showSurface();
  await expect.poll(drawn, { timeout: 10_000 }).toBe(true);
  expect(requested).toEqual([]);
  expect(browser.faults).toEqual([]);
});

it('says what to look at instead where it does not load, and tries again for the next surface', async () => {
  await browser.page.route('**/surface.js', (route) => route.abort(), { times: 1 });
  await browser.load({ kind: 'report', report });
  await showSurface();
  await chart().locator('.note').waitFor();
  expect(await chart().innerText()).toMatch(/its script did not load\. Contours and heat map show the same data/);
  const faults = async () => ((await browser.posted()) as { type: string }[]).filter(({ type }) => type === 'fault');
  await expect.poll(faults).toHaveLength(1);
  await browser.page.locator('#plane input[value=heat]').check({ force: true });
  await showSurface();
  await expect.poll(drawn, { timeout: 10_000 }).toBe(true);
});
