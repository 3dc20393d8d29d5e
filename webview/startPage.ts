import { shownSentence } from '../src/foreignText';
import { registerComponents } from './components';
import { h } from './dom';

/** An error inside the page, for the extension's log. */
type Fault = { type: 'fault'; message: string; stack?: string };

/**
 * Starts a page: builds it, and tells the extension every error inside it. The page still shows all that it could draw.
 * @param what what the page shows, as the beginning of the sentence that says that it cannot
 */
export function startPage(what: string, post: (fault: Fault) => void, mount: (root: HTMLElement) => void): void {
  const report = (message: string, cause: unknown): void =>
    post({ type: 'fault', message, stack: cause instanceof Error ? cause.stack : undefined });
  window.addEventListener('error', ({ message, error }) => report(message, error));
  window.addEventListener('unhandledrejection', ({ reason }) => report(String(reason), reason));

  registerComponents();
  const root = document.getElementById('app');
  if (!root) throw new Error('The page has no element "app".');
  try {
    mount(root);
  } catch (error) {
    const text = `${what} cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    root.replaceChildren(h('p', { class: 'banner error', role: 'alert' }, shownSentence(text)));
    throw error;
  }
}
