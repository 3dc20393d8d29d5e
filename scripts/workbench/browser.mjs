// Drives Debian's Chromium with playwright and lets it talk to no host but the workbench.
import { chromium } from 'playwright-core';
import { CHROMIUM } from './install.mjs';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens a page. @returns the page, the foreign hosts it has contacted so far, and `close()` */
export async function openBrowser({ width = 1400, height = 900 } = {}) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
  const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true });
  // On a busy machine the workbench takes its time.
  context.setDefaultNavigationTimeout(120_000);
  const foreignHosts = new Set();
  const note = (url) => {
    const { protocol, hostname } = new URL(url);
    if (protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(hostname)) foreignHosts.add(hostname);
  };
  // A webview's files have addresses on a foreign host, but the workbench's own service worker answers for it.
  context.on('response', (response) => !response.fromServiceWorker() && note(response.url()));
  context.on('requestfailed', (request) => note(request.url()));
  return { page: await context.newPage(), foreignHosts, close: () => browser.close() };
}
