import type { PageState, Stopped } from '../../src/protocol/pageState';
import { formatPercent } from '../../src/text/numbers';
import { button } from '../components';
import { fill, h } from '../dom';
import { failureBox } from '../failureBox';
import type { Host } from '../host';
import { runningBar } from '../runningBar';

export interface StatusLine {
  /** Stays at the top of the page while an analysis runs. */
  pinned: HTMLElement;
  element: HTMLElement;
  update(state: PageState): void;
}

/** Shows a slim bar while an analysis runs, and a box when one failed or was stopped. */
export function statusLine(host: Host): StatusLine {
  const element = h('div', { class: 'status' });
  const pinned = h('div', { class: 'pinned' });
  const running = runningBar(() => host.post({ type: 'cancel' }));
  return {
    pinned,
    element,
    update(state) {
      if (state.kind === 'running') {
        running.update(state.title, state.progress);
        // The bar stays in place between updates, since a button that is replaced while it is pressed never fires.
        if (pinned.firstChild !== running.element) fill(pinned, running.element);
      } else fill(pinned);
      fill(element, banner(state, host));
    },
  };
}

function banner(state: PageState, host: Host): HTMLElement | null {
  switch (state.kind) {
    case 'empty':
      return emptyText(host);
    case 'failed':
      return failed(state, host);
    case 'report':
      return state.stopped ? stoppedBox(state.stopped, host) : null;
    case 'running':
      return null;
    case 'waiting':
      return waitingText(state);
  }
}

/** Says what the page waits for, while the editor asks the user for it. */
function waitingText({ title, text }: Extract<PageState, { kind: 'waiting' }>): HTMLElement {
  return h('div', { class: 'waiting', role: 'status' }, h('h1', {}, title), h('p', { class: 'note' }, text));
}

/** What a stopped run measured stays on the page; to go on is one press away. */
function stoppedBox({ why, fraction }: Stopped, host: Host): HTMLElement {
  const how = why === 'cancelled' ? 'Cancelled' : 'Interrupted';
  return h(
    'div',
    { class: 'banner info stopped', role: 'status' },
    h(
      'p',
      {},
      h('strong', {}, `${how} at ${formatPercent(Math.round(fraction * 100) / 100)}. `),
      'These figures are partial: the page shows what was measured until then.',
    ),
    h(
      'div',
      { class: 'actions' },
      button({ label: 'Continue', kind: 'primary', press: () => host.post({ type: 'rerun' }) }),
    ),
  );
}

function failed({ failure, report, help = [] }: Extract<PageState, { kind: 'failed' }>, host: Host): HTMLElement {
  const isAlone = report === undefined;
  if (failure.kind === 'cancelled') {
    return h(
      'div',
      { class: 'banner info', role: 'status' },
      h('p', {}, h('strong', {}, 'Cancelled. '), 'Nothing was measured yet.'),
      h(
        'div',
        { class: 'actions' },
        button({ label: 'Run again', kind: 'primary', press: () => host.post({ type: 'rerun' }) }),
      ),
    );
  }
  const buttons =
    help.length > 0
      ? help.map(({ id, label }) => ({ label, press: () => host.post({ type: 'help', id }) }))
      : [
          { label: 'Run again', press: () => host.post({ type: 'rerun' }) },
          { label: 'Show log', press: () => host.post({ type: 'showLog' }) },
        ];
  // With a report, the page has the heading of the report.
  const heading = isAlone && h('h1', { class: 'visually-hidden' }, 'The analysis failed');
  return failureBox(failure, buttons, heading);
}

function emptyText(host: Host): HTMLElement {
  return h(
    'div',
    { class: 'empty' },
    h('h1', {}, 'No report yet'),
    h('p', {}, 'Right-click an .onnx file in the Explorer and choose “Analyze Landscape”.'),
    host.kind === 'vscode' && button({ label: 'Open a sample…', press: () => host.post({ type: 'openSample' }) }),
  );
}
