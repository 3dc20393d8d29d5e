import { shownSentence } from '../src/foreignText';
import { mountApp } from './app';
import { registerComponents } from './components';
import { h } from './dom';
import { connectHost } from './host';
import type { Host } from './host';

const host = connectHost();
window.addEventListener('error', ({ message, error }) => reportFault(host, message, error));
window.addEventListener('unhandledrejection', ({ reason }) => reportFault(host, String(reason), reason));

registerComponents();
const root = document.getElementById('app');
if (!root) throw new Error('The page has no element "app".');
try {
  mountApp(root, host);
} catch (error) {
  root.replaceChildren(
    h(
      'p',
      { class: 'banner error', role: 'alert' },
      shownSentence(`The report cannot be shown: ${error instanceof Error ? error.message : String(error)}`),
    ),
  );
  throw error;
}

/** Sends an error of the page to the extension's log. The page still shows everything that it could draw. */
function reportFault(to: Host, message: string, cause: unknown): void {
  to.post({ type: 'fault', message, stack: cause instanceof Error ? cause.stack : undefined });
}
