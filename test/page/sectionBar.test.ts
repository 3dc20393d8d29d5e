import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportFromJson } from '../../src/report/json';
import { openEditorPage } from './editorPage';
import type { EditorPage } from './editorPage';

/** The bar of sections stays in sight, tells where the reader is, and leads anywhere by keyboard. */
const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-lenet.json', 'utf8'));

let browser: EditorPage;
const bar = () => browser.page.locator('.section-bar');
const current = () => bar().locator('[aria-current=location]').innerText();

beforeAll(async () => {
  browser = await openEditorPage();
  await browser.page.setViewportSize({ width: 900, height: 900 });
  await browser.loadExported(report);
});
afterAll(() => browser.close());

it('names the sections that have content, in the order of the page', async () => {
  const names = await bar().locator('.section-names button').allInnerTexts();
  const shown = await browser.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main section[id]')]
      .filter(({ hidden, id, offsetHeight }) => !hidden && offsetHeight > 0 && id !== 'headline')
      .map(({ id }) => id),
  );
  expect(names.length).toBe(shown.length);
  expect(names.slice(0, 2)).toEqual(['Verdicts', 'Plane']);
});

it('stays at the top, marks the section that the reader jumped to, and keeps its heading below the bar', async () => {
  await bar().getByRole('button', { name: 'Details' }).click();
  await expect.poll(current).toBe('Details');
  await bar().getByRole('button', { name: 'Spectrum' }).click();
  await expect.poll(current).toBe('Spectrum');
  const box = (await bar().boundingBox())!;
  expect(box.y).toBeCloseTo(0, 0);
  await expect
    .poll(async () => (await browser.page.locator('#spectrum').boundingBox())!.y)
    .toBeGreaterThanOrEqual(box.y + box.height);
});

it('moves along the page by brackets, and leaves a key alone that is typed into a field', async () => {
  await browser.page.locator('#spectrum').focus();
  const before = await current();
  await browser.page.keyboard.press('[');
  await expect.poll(current).not.toBe(before);
  await browser.page.keyboard.press(']');
  await expect.poll(current).toBe(before);
  await browser.page.evaluate(() => {
    const field = document.createElement('textarea');
    // It stays in view, so that typing into it does not scroll the page.
    field.style.position = 'fixed';
    document.body.append(field);
    field.focus({ preventScroll: true });
  });
  await browser.page.keyboard.press(']');
  expect(await current()).toBe(before);
  expect(await browser.page.locator('textarea').inputValue()).toBe(']');
});

it('is one stop of the tab key, along which the arrow keys move', async () => {
  const stops = await bar()
    .locator('.section-names button')
    .evaluateAll((buttons) => (buttons as HTMLElement[]).filter(({ tabIndex }) => tabIndex === 0).length);
  expect(stops).toBe(1);
  await bar().locator('[aria-current=location]').focus();
  await browser.page.keyboard.press('Home');
  expect(await browser.page.evaluate(() => document.activeElement?.textContent)).toBe('Verdicts');
  await browser.page.keyboard.press('ArrowRight');
  expect(await browser.page.evaluate(() => document.activeElement?.textContent)).toBe('Plane');
});

it('folds every section and unfolds them again', async () => {
  const plane = browser.page.locator('#plane .section-body');
  await bar().getByRole('button', { name: 'Fold all' }).click();
  expect(await plane.isVisible()).toBe(false);
  await bar().getByRole('button', { name: 'Unfold all' }).click();
  expect(await plane.isVisible()).toBe(true);
  expect(browser.faults).toEqual([]);
});
