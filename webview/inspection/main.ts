import { shownSentence } from '../../src/foreignText';
import { registerComponents } from '../components';
import { h } from '../dom';
import { connectEditor } from './editorHost';
import { mountModelPage } from './modelPage';

const host = connectEditor();
const report = (message: string, cause: unknown): void =>
  host.post({ type: 'fault', message, stack: cause instanceof Error ? cause.stack : undefined });
window.addEventListener('error', ({ message, error }) => report(message, error));
window.addEventListener('unhandledrejection', ({ reason }) => report(String(reason), reason));

registerComponents();
const root = document.getElementById('app');
if (!root) throw new Error('The page has no element "app".');
try {
  mountModelPage(root, host);
} catch (error) {
  const text = `The model cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
  root.replaceChildren(h('p', { class: 'banner error', role: 'alert' }, shownSentence(text)));
  throw error;
}
