import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { npzFile } from '../../src/data/testing/npyFile';
import type { Workbench } from './workbench';
import { chooseInExplorer, landscapePage, painted, runCommand } from './workbench';

/**
 * Tests the editor of models and the form that configures an analysis, in a workbench whose folder holds the sample, and
 * a small `model.onnx` with an input of 64 numbers.
 */
export function modelEditorTests(workbench: () => Workbench): void {
  /** The page of a model, the only one that is open. */
  const page = (): FrameLocator => landscapePage(workbench().page);
  const form = (): Locator => page().locator('#configure');
  const sidecarOf = (model: string): unknown =>
    JSON.parse(readFileSync(join(workbench().folder, `${model}.landscape.json`), 'utf8'));
  const closeEditors = async (): Promise<void> => {
    await runCommand(workbench().page, 'View: Close All Editors');
    await expect.poll(() => workbench().page.locator('iframe.webview').count()).toBe(0);
  };

  describe('a person who opens a model', () => {
    const rows = (): Locator => page().locator('table.parameters tbody tr');
    /** The texts of a column of the table, from the top. */
    const column = (index: number): Promise<string[]> =>
      rows().evaluateAll((all, at) => all.map((row) => row.children[at]!.textContent), index);
    const counts = async (): Promise<number[]> => (await column(2)).map((text) => Number(text.replace(/\D/g, '')));

    it('sees what is in it, and sorts its layers with the keyboard', async () => {
      await closeEditors();
      await chooseInExplorer(workbench().page, 'lenet.onnx', 'Inspect Model');
      await page().getByRole('heading', { name: 'lenet.onnx' }).waitFor({ timeout: 60_000 });
      await rows().first().waitFor({ timeout: 60_000 });
      const ofTheNetwork = await counts();
      expect(ofTheNetwork.reduce((sum, count) => sum + count, 0)).toBe(61_706);
      const sort = page().locator('button[data-column="count"]');
      await sort.focus();
      await workbench().page.keyboard.press('Enter');
      await expect.poll(counts).toEqual([...ofTheNetwork].sort((a, b) => b - a));
      expect(await page().locator('th[aria-sort="descending"]').innerText()).toContain('Count');
      // The focus stays on the heading, so that pressing again turns the order round.
      await workbench().page.keyboard.press('Enter');
      await expect.poll(counts).toEqual([...ofTheNetwork].sort((a, b) => a - b));
    });

    it('computes the statistics of the layer that is asked for, and of no other', async () => {
      const before = await page()
        .getByRole('button', { name: /^Compute the statistics of / })
        .count();
      await page()
        .getByRole('button', { name: /^Compute the statistics of / })
        .first()
        .press('Enter');
      // Mean, standard deviation, least and greatest value follow name, shape, count and share.
      const cells = (): Promise<number[]> =>
        rows()
          .first()
          .locator('td.number')
          .allInnerTexts()
          .then((texts) => texts.slice(1).map(numberIn));
      await expect.poll(async () => (await cells()).length).toBe(7);
      const [mean, deviation, least, greatest] = (await cells()) as [number, number, number, number];
      expect(least).toBeLessThan(mean);
      expect(mean).toBeLessThan(greatest);
      expect(deviation).toBeGreaterThan(0);
      expect(deviation).toBeLessThan(greatest - least);
      expect(
        await page()
          .getByRole('button', { name: /^Compute the statistics of / })
          .count(),
      ).toBe(before - 1);
      await workbench().screenshot('17 the editor of a model');
    });
  });

  describe('a person who configures an analysis', () => {
    it('sees the samples as pictures, and what the guessed loss is at the weights', async () => {
      await page().getByRole('button', { name: 'Configure…' }).press('Enter');
      const pictures = form().locator('.picture canvas');
      await pictures.first().waitFor({ timeout: 60_000 });
      expect(await pictures.first().getAttribute('aria-label')).toMatch(/^Sample 1, target \d$/);
      const digests = new Set<number>();
      for (const picture of await pictures.all()) {
        const { colours, digest } = await painted(picture);
        expect(colours).toBeGreaterThan(10);
        digests.add(digest);
      }
      expect(digests.size).toBe(await pictures.count());
      const loss = form().locator('.loss-place .good');
      await loss.waitFor({ timeout: 60_000 });
      expect(await loss.innerText()).toMatch(/^cross_entropy is 0\.\d+.*Accuracy: 8\d(\.\d+)?\s%/s);
      await workbench().screenshot('18 the form that configures an analysis');
    });

    it('saves what is set beside the model, and analyses with it', async () => {
      await form().locator('#configure-samples').fill('64');
      await form().locator('#configure-samples').press('Tab');
      await form().getByRole('radio', { name: 'quick' }).press('Space');
      await form().getByRole('button', { name: 'Save' }).press('Enter');
      await form().getByText('Saved in lenet.landscape.json.').waitFor();
      expect(sidecarOf('lenet')).toEqual({ data: 'lenet.npz', samples: 64, preset: 'quick' });
      await page().getByRole('button', { name: 'Analyze', exact: true }).first().press('Enter');
      const landscape = workbench().page.frameLocator('iframe.webview[src*="ridgeline"]').last();
      const panel = landscape.frameLocator('iframe#active-frame');
      // The page of the model has figures, too, and those of a run appear one after the other.
      const figures = (): Promise<string> => panel.locator('.figures').first().innerText();
      await expect.poll(figures, { timeout: 60_000 }).toMatch(/Samples\s+64\s/);
      await panel.locator('.running').waitFor({ state: 'detached', timeout: 120_000 });
      await closeEditors();
    });
  });

  describe('a person whose arrays have other names than the inputs', () => {
    it('is led to the form, maps them there and sees that it fits', async () => {
      const { folder } = workbench();
      const rows = 40;
      const pixels = Float32Array.from({ length: rows * 64 }, (_, i) => (i % 17) / 17);
      const arrays = {
        raw: { dtype: 'float32' as const, shape: [rows, 64], data: pixels },
        scaled: { dtype: 'float32' as const, shape: [rows, 64], data: pixels.map((value) => 2 * value - 1) },
        digit: {
          dtype: 'int64' as const,
          shape: [rows],
          data: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 10)),
        },
      };
      writeFileSync(join(folder, 'unnamed.npz'), npzFile(arrays));
      writeFileSync(join(folder, 'model.landscape.json'), JSON.stringify({ data: 'unnamed.npz' }));
      await chooseInExplorer(workbench().page, 'model.onnx', 'Analyze Landscape');
      const failure = page().locator('.banner.error');
      await failure.waitFor({ timeout: 60_000 });
      expect(await failure.innerText()).toMatch(/which array feeds[\s\S]*raw[\s\S]*scaled[\s\S]*“Map the Inputs…”/);
      await workbench().screenshot('19 arrays that have other names');
      await page().getByRole('button', { name: 'Map the Inputs…' }).click();

      const frames = workbench().page.frameLocator('iframe.webview[src*="ridgeline"]').last();
      const configure = frames.frameLocator('iframe#active-frame').locator('#configure');
      const input = configure.locator('#configure-input-0');
      await expect
        .poll(() => input.locator('option').allInnerTexts(), { timeout: 60_000 })
        .toContainEqual(expect.stringMatching(/^scaled/));
      expect(await configure.locator('.bad').first().innerText()).toMatch(/which array feeds/);
      await input.selectOption('scaled');
      await configure.locator('#configure-target').selectOption('digit');
      await configure.locator('figcaption', { hasText: 'from «scaled»' }).waitFor({ timeout: 60_000 });
      await configure
        .locator('.loss-place')
        .getByText(/cross_entropy is \d/)
        .waitFor({ timeout: 60_000 });
      await configure.getByRole('button', { name: 'Save' }).click();
      await configure.getByText('Saved in model.landscape.json.').waitFor();
      expect(sidecarOf('model')).toEqual({ data: 'unnamed.npz', input: { input: 'scaled' }, target: 'digit' });
      await closeEditors();
    });
  });
}

/** Reads a number as the page writes it: with a proper minus, and powers of ten. */
function numberIn(text: string): number {
  const powers = text
    .replace(/[\s\u202f,]/g, '')
    .replace('−', '-')
    .replace(
      /×10(.*)$/,
      (_, digits: string) =>
        `e${[...digits]
          .map((digit) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit))
          .map((at) => (at === 0 ? '-' : String(at - 1)))
          .join('')}`,
    );
  return Number(powers);
}
