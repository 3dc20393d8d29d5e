import type { PageState } from '../../src/protocol/pageState';
import { button } from '../components';
import { fill, h } from '../dom';
import type { Host } from '../host';

export interface StatusLine {
  element: HTMLElement;
  update(state: PageState): void;
}

/** Shows a slim bar while an analysis runs, and a box when one failed. */
export function statusLine(host: Host): StatusLine {
  const element = h('div', { class: 'status' });
  const running = runningBar(host);
  return {
    element,
    update(state) {
      element.hidden = state.kind === 'report';
      if (state.kind === 'running') {
        running.update(state);
        // The bar stays in place between updates, since a button that is replaced while it is pressed never fires.
        if (element.firstChild !== running.element) fill(element, running.element);
      } else if (state.kind === 'failed') fill(element, failureBox(state.failure, host));
      else if (state.kind === 'empty') fill(element, emptyText(host));
      else fill(element);
    },
  };
}

function runningBar(host: Host) {
  const track = h('div', { class: 'progress-fill' });
  const bar = h('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 }, track);
  const stage = h('span', { class: 'stage' });
  const detail = h('span', { class: 'note' });
  const element = h(
    'div',
    { class: 'running' },
    bar,
    h(
      'div',
      { class: 'running-row' },
      h('span', { class: 'running-text' }, stage, detail),
      button({ label: 'Cancel', press: () => host.post({ type: 'cancel' }) }),
    ),
  );
  return {
    element,
    update({ title, progress }: Extract<PageState, { kind: 'running' }>) {
      const percent = Math.round(Math.min(Math.max(progress.fraction, 0), 1) * 100);
      bar.setAttribute('aria-valuenow', String(percent));
      bar.setAttribute('aria-label', `${title}: ${progress.stage}`);
      track.style.transform = `scaleX(${percent / 100})`;
      stage.textContent = progress.stage;
      detail.textContent = [progress.detail, `${percent} %`].filter(Boolean).join(', ');
    },
  };
}

function failureBox(failure: Extract<PageState, { kind: 'failed' }>['failure'], host: Host): HTMLElement {
  if (failure.kind === 'cancelled') {
    return h(
      'div',
      { class: 'banner info', role: 'status' },
      h('p', {}, h('strong', {}, 'Cancelled. '), 'What was measured until then is kept.'),
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
    h('p', {}, h('strong', {}, failure.what)),
    failure.where.length > 0 && h('ul', { class: 'where' }, ...places(failure.where)),
    failure.action !== undefined && h('p', { class: 'what-to-do' }, failure.action),
    h(
      'div',
      { class: 'actions' },
      button({ label: 'Run again', kind: 'primary', press: () => host.post({ type: 'rerun' }) }),
      button({ label: 'Show log', press: () => host.post({ type: 'showLog' }) }),
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
