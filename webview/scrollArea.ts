import { h } from './dom';
import type { Child } from './dom';

/**
 * Makes a box whose wide or long content scrolls inside it. While there is something to scroll, the keyboard can focus
 * the box, so that the arrow keys reach every column.
 * @param name what screen readers call the box
 * @param kind a class that sets this box apart from the others
 */
export function scrollArea(name: string, children: Child[], kind = ''): HTMLElement {
  const element = h('div', { class: `scroll-x ${kind}`.trim(), role: 'group', 'aria-label': name }, ...children);
  const follow = new ResizeObserver(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  });
  for (const observed of [element, ...element.children]) follow.observe(observed);
  return element;
}
