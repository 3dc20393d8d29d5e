import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/workbench/browser.mjs';
import { speak } from '../../scripts/workbench/languagePack.mjs';
import { startServer } from '../../scripts/workbench/server.mjs';
import { INSTALLED } from './installExtension';

const ARTIFACTS = resolve('test-artifacts');
/** The outer frame of a page of the extension. */
const LANDSCAPE = 'iframe.webview[src*="extensionId=ridgeline.ridgeline"]';

/** A browser window that shows a real workbench with the packaged extension installed and a copy of the sample open. */
export interface Workbench {
  page: Page;
  /** The opened folder. */
  folder: string;
  foreignHosts: Set<string>;
  /** Console messages about the content security policy, from any frame. */
  policyViolations: string[];
  /** Uncaught errors from any frame, and errors that a page of the extension writes to the console. */
  pageErrors: Error[];
  /** Sets the language of the window after its next reload: `en` or `de`. */
  speak(language: string): void;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openWorkbench({ trust = true, settings = {} } = {}): Promise<Workbench> {
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-e2e-'));
  const folder = join(scratch, 'sample');
  const state = join(scratch, 'state');
  cpSync('media/sample', folder, { recursive: true });
  mkdirSync(ARTIFACTS, { recursive: true });

  const extensions = process.env[INSTALLED]!;
  const server = await startServer({ state, extensions, trust, settings });
  const browser = await openBrowser();
  const { page, foreignHosts } = browser;
  const policyViolations: string[] = [];
  const pageErrors: Error[] = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) policyViolations.push(message.text());
    const ownPage = message.location().url.includes('/dist/webview/');
    if (ownPage && message.type() === 'error') pageErrors.push(new Error(message.text()));
  });
  page.on('pageerror', (error) => pageErrors.push(error));
  await page.goto(`${server.origin}/?folder=${folder}`);
  return {
    page,
    folder,
    foreignHosts,
    policyViolations,
    pageErrors,
    speak: (language) => speak(join(state, 'user'), language),
    async screenshot(name) {
      // Menus, toasts and bars fade in.
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
    },
    close: async () => {
      await browser.close();
      await server.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

export function explorerRow(page: Page, name: string): Locator {
  return page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: new RegExp(`^${name}$`) });
}

/**
 * Chooses a command in a file's context menu. Right-clicks until the menu has the command, since an extension's entries
 * appear some time after the Explorer. Clicks until the menu is gone, since a new menu ignores clicks for a moment.
 */
export async function chooseInExplorer(page: Page, file: string, command: string): Promise<void> {
  const row = explorerRow(page, file);
  await row.waitFor({ timeout: 60_000 });
  const item = page.locator('.monaco-menu .action-label').filter({ hasText: new RegExp(`^${command}$`) });
  for (let attempt = 0; attempt < 40; attempt++) {
    try {
      if (!(await item.isVisible())) await row.click({ button: 'right', timeout: 5000 });
      await item.click({ timeout: 1500 });
      await item.waitFor({ state: 'detached', timeout: 1000 });
      return;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
      if (!(await item.isVisible())) await page.keyboard.press('Escape');
    }
  }
  throw new Error(`the menu of ${file} has no ${command}`);
}

/** Runs a command by its title in the palette. Presses the key again where a window that still loads missed it. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget input');
  for (let attempt = 0; attempt < 20 && !(await input.isVisible()); attempt++) {
    await page.keyboard.press('F1');
    await input.waitFor({ timeout: 3000 }).catch(() => undefined);
  }
  await input.fill(`>${title}`);
  // The list may still show what was there before the text, so only the whole title will do.
  const label = page.locator('.label-name').filter({ hasText: new RegExp(`^${escaped(title)}$`) });
  await page.locator('.quick-input-list .monaco-list-row').filter({ has: label }).first().click();
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export async function chooseTheme(page: Page, name: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  const input = page.getByPlaceholder(/Color Theme/);
  await input.fill(name);
  await quickPickRow(page, name).click();
}

export function quickPickRow(page: Page, text: string | RegExp): Locator {
  return page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
}

/** The report page inside the panel. */
export function landscapePage(page: Page): FrameLocator {
  return page.frameLocator(LANDSCAPE).frameLocator('iframe#active-frame');
}

/** The frame of that page, in which code runs as the page's own. */
export async function landscapeFrame(page: Page): Promise<Frame> {
  const inner = page.frameLocator(LANDSCAPE).locator('iframe#active-frame');
  return (await (await inner.elementHandle())!.contentFrame())!;
}

export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
}

/** Counts the pixels that are painted on a canvas, and their colours. The digest changes with any pixel. */
export function painted(canvas: Locator): Promise<{ pixels: number; colours: number; digest: number }> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext('2d');
    if (!context || width * height === 0) return { pixels: 0, colours: 0, digest: 0 };
    const data = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    const shown = data.filter((pixel) => pixel >>> 24 > 0);
    return {
      pixels: shown.length,
      colours: new Set(shown).size,
      digest: data.reduce((hash, pixel) => (Math.imul(hash, 31) + pixel) | 0, 0),
    };
  });
}
