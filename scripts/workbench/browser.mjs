// Debian's Chromium, driven by playwright, kept from talking to anyone but the workbench.
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

/** @returns the page, the foreign hosts it asked for so far, and `close()` */
export async function openBrowser({ width = 1400, height = 900 } = {}) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGUMENTS });
  const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true });
  const foreignHosts = new Set();
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(hostname)) foreignHosts.add(hostname);
  });
  return { page: await context.newPage(), foreignHosts, close: () => browser.close() };
}
