import { h } from './dom';
import type { Child } from './dom';

/** Lists names and values, one pair per row. */
export function pairs(rows: [string, string][]): HTMLElement {
  return h('dl', { class: 'pairs' }, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

/** @param textColumns number of leading columns that hold words; the others hold numbers */
export function table(headings: Child[], rows: Child[][], textColumns = headings.length): HTMLElement {
  const kind = (column: number): string | undefined => (column < textColumns ? undefined : 'number');
  return h(
    'table',
    { class: 'data' },
    h('thead', {}, h('tr', {}, ...headings.map((text, i) => h('th', { scope: 'col', class: kind(i) }, text)))),
    h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((text, i) => h('td', { class: kind(i) }, text))))),
  );
}
