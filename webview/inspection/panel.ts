import { h } from '../dom';
import type { Child } from '../dom';

/** A section of the model's page with its heading, a place for controls, and its content. */
export interface PagePart {
  element: HTMLElement;
  tools: HTMLElement;
  body: HTMLElement;
}

export function pagePart(id: string, title: string, hint?: Child): PagePart {
  const tools = h('div', { class: 'toolbar' });
  const body = h('div', { class: 'section-body' });
  const element = h(
    'section',
    { id, class: 'chart-section', 'aria-labelledby': `${id}-title` },
    h(
      'header',
      {},
      h(
        'div',
        {},
        h('div', { class: 'heading' }, h('h2', { id: `${id}-title` }, title)),
        hint !== undefined && h('p', { class: 'hint' }, hint),
      ),
      tools,
    ),
    body,
  );
  return { element, tools, body };
}

/** Wraps a table that may be wider or taller than its place. The keyboard can scroll it. */
export function scrolling(label: string, content: HTMLElement): HTMLElement {
  return h('div', { class: 'scroll-both', role: 'region', 'aria-label': label, tabindex: 0 }, content);
}
