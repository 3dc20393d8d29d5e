import type { Failure } from '../../src/protocol/worker';
import { button } from '../components';
import { h } from '../dom';
import type { EditorHost } from './editorHost';

const SHOWN_PLACES = 8;

/** Says why a model cannot be read: what, where, and what to do. */
export function failureBanner({ what, where, action }: Failure, host: EditorHost): HTMLElement {
  const places = where.slice(0, SHOWN_PLACES);
  if (where.length > SHOWN_PLACES) places.push(`and ${where.length - SHOWN_PLACES} more`);
  return h(
    'div',
    { class: 'banner error', role: 'alert' },
    h('p', {}, h('strong', {}, what)),
    places.length > 0 && h('ul', { class: 'where' }, ...places.map((place) => h('li', {}, place))),
    action !== undefined && h('p', { class: 'what-to-do' }, action),
    h(
      'div',
      { class: 'actions' },
      button({ label: 'Read again', press: () => host.post({ type: 'reload' }) }),
      button({ label: 'Show log', press: () => host.post({ type: 'showLog' }) }),
    ),
  );
}
