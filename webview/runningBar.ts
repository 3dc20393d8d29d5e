import type { Progress } from '../src/protocol/worker';
import { formatPercent } from '../src/text/numbers';
import { formatTimeLeft } from '../src/text/time';
import { button } from './components';
import { h } from './dom';
import { keepFiguresWhole } from './format';

export interface RunningBar {
  element: HTMLElement;
  /** @param title what runs, for screen readers */
  update(title: string, progress: Progress): void;
}

/** Makes a slim bar with the step of a running measurement, how much is done, the time left, and a button that cancels. */
export function runningBar(cancel: () => void): RunningBar {
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
      button({ label: 'Cancel', press: cancel }),
    ),
  );
  return {
    element,
    update(title, progress) {
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
