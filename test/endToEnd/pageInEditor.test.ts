import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Locator } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from '../page/axe';
import { givenUpStartTests } from './givenUpStart';
import { modelEditorTests } from './modelEditor';
import type { Workbench } from './workbench';
import {
  chooseInExplorer,
  chooseTheme,
  explorerRow,
  landscapeFrame,
  landscapePage,
  notification,
  openWorkbench,
  quickPickRow,
  runCommand,
} from './workbench';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ settings: { 'ridgeline.preset': 'quick', 'ridgeline.provider': 'cpu' } });
  // A model that is measured in a second, with its data beside it and no options file.
  for (const name of ['model.onnx', 'data.npz'])
    cpSync(`test/fixtures/landscapes/basin/${name}`, join(workbench.folder, name));
});
afterAll(() => workbench.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.screenshot(`failed: ${task.name.replace(/\W+/g, ' ')}`);
});

/** Presses a key until an element appears. */
async function pressUntil(key: string, element: Locator, limit: number): Promise<boolean> {
  for (let i = 0; i < limit; i++) {
    if ((await element.count()) > 0) return true;
    await workbench.page.keyboard.press(key);
  }
  return (await element.count()) > 0;
}

describe('a person without a mouse', () => {
  it('comes from the Explorer to the data and starts the analysis', async () => {
    const { page } = workbench;
    await explorerRow(page, 'model.onnx').waitFor({ timeout: 60_000 });
    await page.keyboard.press('Control+Shift+E');
    const focused = page.locator('.explorer-folders-view .monaco-list-row.focused', { hasText: /^model\.onnx$/ });
    expect(await pressUntil('ArrowDown', focused, 20)).toBe(true);
    const command = page.locator('.monaco-menu .action-item.focused', { hasText: 'Analyze Landscape' }).first();
    // An extension's entries appear some time after the Explorer.
    for (let attempt = 0; attempt < 20; attempt++) {
      await page.keyboard.press('Shift+F10');
      await page.locator('.monaco-menu').first().waitFor();
      if (await pressUntil('ArrowDown', command, 12)) break;
      await page.keyboard.press('Escape');
    }
    expect(await command.innerText()).toContain('Analyze Landscape');
    await page.keyboard.press('Enter');
    await quickPickRow(page, 'data.npz').waitFor({ timeout: 60_000 });
    await page.keyboard.press('Enter');
    await landscapePage(page).locator('.figures').first().waitFor({ timeout: 60_000 });
  });

  it('walks through the page and opens a verdict', async () => {
    const { page } = workbench;
    await landscapePage(page).locator('.running').waitFor({ state: 'detached', timeout: 120_000 });
    await page.keyboard.press('Control+1');
    const summary = landscapePage(page).locator('#verdicts summary:focus');
    expect(await pressUntil('Tab', summary, 60)).toBe(true);
    const opened = landscapePage(page).locator('#verdicts details[open] > summary:focus');
    expect(await opened.count()).toBe(0);
    await page.keyboard.press('Enter');
    await opened.waitFor();
    await workbench.screenshot('13 a verdict opened by keyboard');
  });
});

describe('a surface', () => {
  it('is drawn by a script that the editor serves when it is asked for', async () => {
    const frame = await landscapeFrame(workbench.page);
    await frame.locator('#plane input[value=surface]').check({ force: true });
    const chart = frame.locator('#plane .chart.surface');
    await expect.poll(() => chart.getAttribute('aria-busy'), { timeout: 20_000 }).toBeNull();
    expect(await chart.locator('canvas').count()).toBe(1);
    expect(await chart.locator('.note').count()).toBe(0);
    await frame.locator('#plane input[value=contour]').check({ force: true });
  });
});

/** The variables that the page reads, as its files name them. */
const variables = ['main.js', 'surface.js', 'style.css']
  .flatMap((name) => readFileSync(`dist/webview/${name}`, 'utf8').match(/--vscode-[\w-]+/g) ?? [])
  .sort();

describe.each([
  ['dark', 'Dark Modern', 'vscode-dark'],
  ['light', 'Light Modern', 'vscode-light'],
  ['high-contrast', 'Dark High Contrast', 'vscode-high-contrast'],
  ['high-contrast-light', 'Light High Contrast', 'vscode-high-contrast-light'],
])('the page in the theme %s', (name, label, kind) => {
  it('has the colours with which the page is tested on its own', async () => {
    const { page } = workbench;
    await page.setViewportSize({ width: 1400, height: 900 });
    await chooseTheme(page, label);
    const body = landscapePage(page).locator('body');
    await expect.poll(async () => (await body.getAttribute('class'))?.split(' ')).toContain(kind);
    const frame = await landscapeFrame(page);
    const applied = await frame.evaluate((names) => {
      const { style } = document.documentElement;
      const values = names.map((each) => [each, style.getPropertyValue(each)]).filter(([, value]) => value !== '');
      const classes = document.body.className.split(' ').filter((each) => /^vscode-(dark|light|high)/.test(each));
      return { classes: classes.join(' '), variables: Object.fromEntries(values) as Record<string, string> };
    }, variables);
    await expect(`${JSON.stringify(applied, null, 2)}\n`).toMatchFileSnapshot(
      resolve(`test/fixtures/themes/${name}.json`),
    );
  });

  it('has no serious finding of axe-core and fits, narrow and wide', async () => {
    const { page } = workbench;
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    const frame = await landscapeFrame(page);
    for (const width of [400, 1600]) {
      await page.setViewportSize({ width: width + 48, height: 900 }); // The activity bar is 48 pixels wide.
      await expect.poll(() => frame.evaluate(() => innerWidth)).toBe(width);
      expect(await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(await seriousFindings(frame, ['color-contrast', 'target-size']), `at ${width} pixels`).toEqual([]);
      await workbench.screenshot(`14 ${name} ${width}`);
    }
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    expect(workbench.policyViolations).toEqual([]);
    expect(workbench.pageErrors).toEqual([]);
  });
});

/** Saves what a tool of a chart makes under the name that the dialog offers. @returns the file */
async function saved(tool: RegExp, ending: RegExp): Promise<string> {
  const { page } = workbench;
  await landscapePage(page).getByRole('button', { name: tool }).first().click();
  const input = page.locator('.quick-input-widget input').first();
  // The dialog shows the folder first.
  await expect.poll(() => input.inputValue()).toMatch(ending);
  const path = await input.inputValue();
  await input.press('Enter');
  await input.waitFor({ state: 'hidden' });
  await expect.poll(() => existsSync(path)).toBe(true);
  return path;
}

describe('a person who looks at the plane', () => {
  it('measures the point that is clicked, and finds it in the report', async () => {
    const { page } = workbench;
    const canvas = landscapePage(page).locator('#plane canvas').first();
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    const rows = landscapePage(page).locator('#plane .points table tbody tr');
    await canvas.click({ position: { x: 0.6 * box.width, y: 0.4 * box.height } });
    await rows.first().waitFor({ timeout: 60_000 });
    expect(await rows.count()).toBe(1);
    expect(await rows.first().innerText()).toMatch(/±/);
    await workbench.screenshot('15 a point of the plane');
  });

  it('saves its data as CSV with every measured figure, and the picture as a drawing and as pixels', async () => {
    const csv = await saved(/^Save the data of Loss over the plane.* as CSV/, /\.csv$/);
    const [head, ...lines] = readFileSync(csv, 'utf8').trim().split('\n');
    expect(head).toMatch(/loss/);
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) expect(line.split(',')).toHaveLength(head.split(',').length);
    const svg = readFileSync(await saved(/^Save Loss over the plane.* as SVG/, /\.svg$/), 'utf8');
    const texts = await workbench.page.evaluate((source) => {
      const drawing = new DOMParser().parseFromString(source, 'image/svg+xml');
      if (drawing.querySelector('parsererror')) return null;
      return [...drawing.querySelectorAll('text')].map(({ textContent }) => textContent);
    }, svg);
    expect(texts?.length).toBeGreaterThan(5);
    const png = PNG.sync.read(readFileSync(await saved(/^Save Loss over the plane.* as PNG/, /\.png$/)));
    expect(png.width).toBeGreaterThan(300);
    const pixels = Array.from({ length: png.data.length / 4 }, (_, i) => png.data.readUInt32BE(4 * i));
    expect(new Set(pixels).size).toBeGreaterThan(10);
  });
});

modelEditorTests(() => workbench);

givenUpStartTests(() => workbench);

describe('a person with data that cannot be read', () => {
  it('reads once, in the words of the editor, what is wrong and finds the way out', async () => {
    const { page, folder } = workbench;
    const broken = join(folder, 'broken.onnx');
    cpSync(join(folder, 'model.onnx'), broken);
    writeFileSync(join(folder, 'broken.npz'), 'These are no arrays.');
    writeFileSync(join(folder, 'broken.landscape.json'), JSON.stringify({ data: 'broken.npz' }));
    await runCommand(page, 'View: Close All Editors');
    await expect.poll(() => page.locator('iframe.webview').count()).toBe(0);
    await chooseInExplorer(page, 'broken.onnx', 'Analyze Landscape');
    const message = landscapePage(page).locator('main', { hasText: 'broken.npz' });
    await message.waitFor({ timeout: 60_000 });
    // The page tells it, so no notification repeats it.
    expect(await notification(page, 'broken.npz').count()).toBe(0);
    const text = await message.innerText();
    expect(text).not.toMatch(/--[a-z]/);
    expect(text).toMatch(/Choose Data/);
    await workbench.screenshot('16 data that cannot be read');
  });
});
