import { h } from './dom';
import type { PageMemory } from './memory';

/** Folds one section to its heading, and remembers it. */
export interface SectionFold {
  readonly folded: boolean;
  set(folded: boolean): void;
  onChange(listener: () => void): void;
}

/**
 * Makes the heading of a section a button that folds the section. A section without a visible heading cannot fold.
 * @param remember saves `memory`
 */
export function sectionFold(
  section: HTMLElement,
  { memory, remember }: { memory: PageMemory; remember: () => void },
): SectionFold | null {
  const heading = section.querySelector('h2');
  if (!heading || heading.classList.contains('visually-hidden')) return null;
  const { id } = section;
  const listeners: (() => void)[] = [];
  const toggle = h(
    'button',
    { type: 'button', class: 'fold-toggle', click: () => set(!folded) },
    ...heading.childNodes,
  );
  heading.append(toggle);
  let folded = false;

  const show = (): void => {
    section.classList.toggle('folded', folded);
    toggle.setAttribute('aria-expanded', String(!folded));
  };
  const set = (next: boolean): void => {
    if (next === folded) return;
    folded = next;
    memory.folded = [...memory.folded.filter((other) => other !== id), ...(folded ? [id] : [])];
    remember();
    show();
    listeners.forEach((listener) => listener());
  };
  folded = memory.folded.includes(id);
  show();
  return {
    get folded() {
      return folded;
    },
    set,
    onChange: (listener) => void listeners.push(listener),
  };
}
