import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FromWebview } from '../../src/protocol/webview';
import { reportFromJson } from '../../src/report/json';
import { openEditorPage, themes } from './editorPage';
import type { EditorPage } from './editorPage';

/** The loss surface answers to the pointer as the other views of the plane do. */
const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-lenet.json', 'utf8'));

let browser: EditorPage;
let box: { x: number; y: number; width: number; height: number };
/** A pixel of the canvas that the surface covers: below its middle, where the bowl is. */
const middle = (): [number, number] => [box.x + box.width * 0.47, box.y + box.height * 0.5];
const asked = async () => ((await browser.posted()) as FromWebview[]).filter(({ type }) => type === 'measurePoint');

beforeAll(async () => {
  browser = await openEditorPage();
  await browser.load({ kind: 'report', report });
  await browser.dress(themes[0]![1], 900);
  // The editor says that an engine is there.
  await browser.page.evaluate(() => postMessage({ type: 'points', points: [] }));
  await browser.page.locator('#plane input[value=surface]').check({ force: true });
  const canvas = browser.page.locator('#plane .surface canvas');
  await canvas.waitFor();
  await canvas.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await browser.dress(themes[0]![1], 900);
  box = (await canvas.boundingBox())!;
});
afterAll(() => browser.close());

it('tells loss and accuracy under the pointer, and nothing beside the surface', async () => {
  const tip = browser.page.locator('#plane .surface-tip');
  await browser.page.mouse.move(...middle());
  expect(await tip.innerText()).toMatch(/α −?[\d.]+ +β −?[\d.]+\nloss (≈ )?[\d.]+/);
  expect(await tip.innerText()).toMatch(/accuracy/);
  await browser.page.mouse.move(box.x + 3, box.y + 3);
  expect(await tip.isVisible()).toBe(false);
});

it('measures the place of a click, and turns instead of measuring when it is dragged', async () => {
  await browser.page.mouse.click(...middle());
  const [message, ...more] = await asked();
  expect(more).toEqual([]);
  const [plane] = report.planes;
  expect(message).toMatchObject({ directions: { x: plane!.x.direction, y: plane!.y.direction } });
  const { at } = message as { at: { x: number; y: number } };
  for (const [value, { values }] of [
    [at.x, plane!.x],
    [at.y, plane!.y],
  ] as const) {
    expect(value).toBeGreaterThan(values[0]!);
    expect(value).toBeLessThan(values.at(-1)!);
  }

  const [x, y] = middle();
  await browser.page.mouse.move(x, y);
  await browser.page.mouse.down();
  await browser.page.mouse.move(x + 60, y, { steps: 4 });
  await browser.page.mouse.up();
  expect(await asked()).toHaveLength(1);

  // The same pixel now shows another place.
  await browser.page.mouse.click(x, y);
  const turned = (await asked())[1] as { at: { x: number; y: number } };
  expect(Math.hypot(turned.at.x - at.x, turned.at.y - at.y)).toBeGreaterThan(0.05);
  expect(browser.faults).toEqual([]);
});
