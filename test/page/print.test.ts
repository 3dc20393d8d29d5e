import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportFromJson } from '../../src/report/json';
import { openEditorPage } from './editorPage';
import type { EditorPage } from './editorPage';

/** An exported page that is printed: light whatever the reader's theme is, and without what cannot be pressed on paper. */
const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-lenet.json', 'utf8'));

let browser: EditorPage;
beforeAll(async () => {
  browser = await openEditorPage();
  await browser.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await browser.loadExported(report);
});
afterAll(() => browser.close());

/** The brightness of the most frequent opaque colour of the chart of layers, of what the axis is written in. */
const inkOfChart = () =>
  browser.page.locator('#layers .chart canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, 40, canvas.height);
    let [sum, count] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3]! < 200) continue;
      sum += (data[i]! + data[i + 1]! + data[i + 2]!) / 3;
      count += 1;
    }
    return sum / count;
  });

it('is light on paper, its charts included, and dark again on the screen', async () => {
  const { page } = browser;
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.locator('#layers').scrollIntoViewIfNeeded();
  const [dark, brightInk] = [await background(), await inkOfChart()];
  expect(brightInk).toBeGreaterThan(128);

  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  expect(await background()).toBe('rgb(255, 255, 255)');
  expect(await inkOfChart()).toBeLessThan(128);
  for (const hidden of ['.section-bar', '.chart-tools', '.toolbar']) {
    expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false);
  }

  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  expect(await background()).toBe(dark);
  expect(await inkOfChart()).toBeGreaterThan(128);
  expect(browser.faults).toEqual([]);
});

it('fits a window of 320 pixels, as a page at 400 % does', async () => {
  await browser.page.setViewportSize({ width: 320, height: 600 });
  await expect
    .poll(() => browser.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
});
