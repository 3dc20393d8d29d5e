import type { Failure } from '../src/protocol/worker';
import { button } from './components';
import type { ButtonOptions } from './components';
import { h } from './dom';
import type { Child } from './dom';

const SHOWN_PLACES = 8;

/** Says what went wrong, where, and what to do, above the buttons that lead out. The first is the most likely help. */
export function failureBox(
  { what, where, action }: Pick<Failure, 'what' | 'where' | 'action'>,
  buttons: readonly Omit<ButtonOptions, 'kind'>[],
  heading?: Child,
): HTMLElement {
  const places = where.slice(0, SHOWN_PLACES);
  if (where.length > SHOWN_PLACES) places.push(`and ${where.length - SHOWN_PLACES} more`);
  return h(
    'div',
    { class: 'banner error', role: 'alert' },
    heading,
    h('p', {}, h('strong', {}, what)),
    places.length > 0 && h('ul', { class: 'where' }, ...places.map((place) => h('li', {}, place))),
    action !== undefined && h('p', { class: 'what-to-do' }, action),
    h(
      'div',
      { class: 'actions' },
      ...buttons.map((each, i) => button({ ...each, kind: i === 0 ? 'primary' : 'secondary' })),
    ),
  );
}
