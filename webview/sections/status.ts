import type { PageState, Stopped } from '../../src/protocol/pageState';
import { formatPercent } from '../../src/text/numbers';
import { formatTimeLeft } from '../../src/text/time';
import { button } from '../components';
import { fill, h } from '../dom';
import { keepFiguresWhole } from '../format';
import type { Host } from '../host';

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
  const running = runningBar(host);
  return {
    pinned,
    element,
    update(state) {
      if (state.kind === 'running') {
        running.update(state);
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
      return failureBox(state, host);
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

function runningBar(host: Host) {
  const track = h('div', { class: 'progress-fill' });
  const bar = h('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 }, track);
  const stage = h('span', { class: 'stage' });
  const detail = h('span', { class: 'note' });
  const left = h('span', { class: 'time-left' });
  const element = h(
    'div',
    { class: 'running' },
    bar,
    h(
      'div',
      { class: 'running-row' },
      h('div', { class: 'running-text' }, stage, detail),
      left,
      button({ label: 'Cancel', press: () => host.post({ type: 'cancel' }) }),
    ),
  );
  return {
    element,
    update({ title, progress }: Extract<PageState, { kind: 'running' }>) {
      const percent = Math.round(Math.min(Math.max(progress.fraction, 0), 1) * 100);
      const time = progress.secondsLeft === undefined ? '' : formatTimeLeft(progress.secondsLeft);
      bar.setAttribute('aria-valuenow', String(percent));
      bar.setAttribute('aria-valuetext', [formatPercent(percent / 100), time].filter(Boolean).join(', '));
      bar.setAttribute('aria-label', `${title}: ${progress.stage}`);
      track.style.transform = `scaleX(${percent / 100})`;
      stage.textContent = progress.stage;
      detail.textContent = keepFiguresWhole(progress.detail ?? '');
      left.textContent = keepFiguresWhole([formatPercent(percent / 100), time].filter(Boolean).join(' · '));
    },
  };
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

function failureBox({ failure, report, help = [] }: Extract<PageState, { kind: 'failed' }>, host: Host): HTMLElement {
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
  return h(
    'div',
    { class: 'banner error', role: 'alert' },
    // With a report, the page has the heading of the report.
    isAlone && h('h1', { class: 'visually-hidden' }, 'The analysis failed'),
    h('p', {}, h('strong', {}, failure.what)),
    failure.where.length > 0 && h('ul', { class: 'where' }, ...places(failure.where)),
    failure.action !== undefined && h('p', { class: 'what-to-do' }, failure.action),
    h(
      'div',
      { class: 'actions' },
      ...help.map(({ id, label }, i) =>
        button({ label, kind: i === 0 ? 'primary' : 'secondary', press: () => host.post({ type: 'help', id }) }),
      ),
      ...(help.length > 0
        ? []
        : [
            button({ label: 'Run again', kind: 'primary', press: () => host.post({ type: 'rerun' }) }),
            button({ label: 'Show log', press: () => host.post({ type: 'showLog' }) }),
          ]),
    ),
  );
}

const SHOWN_PLACES = 8;

function places(where: readonly string[]): HTMLElement[] {
  const shown = where.slice(0, SHOWN_PLACES).map((place) => h('li', {}, place));
  if (where.length > SHOWN_PLACES) shown.push(h('li', {}, `and ${where.length - SHOWN_PLACES} more`));
  return shown;
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
