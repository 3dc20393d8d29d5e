import { button } from './components';
import { fill, h } from './dom';
import type { SectionFold } from './sectionFold';

/** A section of the page as the bar names it. */
export interface MappedSection {
  element: HTMLElement;
  /** Short name for the bar. */
  name: string;
  fold: SectionFold | null;
}

export interface SectionBar {
  element: HTMLElement;
  /** Names the sections that have content now. */
  update(): void;
  /** Takes the height of what stands above the bar, which hides that much of the page. */
  setTop(pixels: number): void;
}

const KEYS = 'Keys: ] or Alt+Down for the next section, [ or Alt+Up for the one before';

/**
 * Shows where on the page the reader is: a bar of the sections that stays at the top while the page scrolls. One stop of
 * the tab key; the arrow keys move along the bar.
 * @param jump brings a section into view
 */
export function sectionBar(sections: readonly MappedSection[], jump: (id: string) => void): SectionBar {
  const list = h('div', { class: 'section-names', keydown: (event) => moveByKey(event as KeyboardEvent) });
  const foldAll = button({ label: 'Fold all', press: () => setAll(foldAll.textContent === 'Fold all') });
  const element = h(
    'nav',
    { class: 'section-bar', 'aria-label': 'Sections', title: KEYS, hidden: true },
    list,
    foldAll,
  );
  const seen = new Set<Element>();
  let observer: IntersectionObserver | undefined;
  let named: MappedSection[] = [];
  let current: MappedSection | undefined;
  /** The section that the reader jumped to stays the current one while it is on the screen, even at its end. */
  let chosen: MappedSection | undefined;
  let top = 0;

  const buttons = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('button')];

  const mark = (): void => {
    const held = chosen && named.includes(chosen) && isOnScreen(chosen.element) ? chosen : undefined;
    current = held ?? named.find((each) => seen.has(each.element)) ?? current;
    const marked = current ?? named[0];
    const holdsFocus = list.contains(document.activeElement);
    for (const [i, item] of buttons().entries()) {
      const isCurrent = named[i] === marked;
      if (isCurrent) item.setAttribute('aria-current', 'location');
      else item.removeAttribute('aria-current');
      if (!holdsFocus) item.tabIndex = isCurrent ? 0 : -1;
      // Scrolling the element into view would also scroll the page.
      if (isCurrent && !holdsFocus) keepInSight(list, item);
    }
  };

  const watch = (): void => {
    observer?.disconnect();
    seen.clear();
    const above = Math.round(top + element.offsetHeight);
    observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target);
          else seen.delete(target);
        }
        mark();
      },
      { rootMargin: `-${above}px 0px -50% 0px` },
    );
    for (const section of named) observer.observe(section.element);
    document.documentElement.style.scrollPaddingTop = `${above + 8}px`;
  };

  const go = (section: MappedSection | undefined): void => {
    if (!section) return;
    chosen = section;
    jump(section.element.id);
    mark();
  };

  const moveByKey = (event: KeyboardEvent): void => {
    const items = buttons();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const next = to === undefined ? undefined : items[Math.min(Math.max(to, 0), items.length - 1)];
    if (!next) return;
    event.preventDefault();
    items.forEach((item) => (item.tabIndex = item === next ? 0 : -1));
    next.focus({ preventScroll: true });
    keepInSight(list, next);
  };

  const setAll = (folded: boolean): void => {
    for (const { fold } of named) fold?.set(folded);
    tellFolds();
  };

  const tellFolds = (): void => {
    const folds = named.flatMap(({ fold }) => fold ?? []);
    foldAll.textContent = folds.length > 0 && folds.every((fold) => fold.folded) ? 'Unfold all' : 'Fold all';
  };

  window.addEventListener('keydown', (event) => {
    const step = stepOf(event);
    if (step === 0 || named.length === 0) return;
    event.preventDefault();
    const at = current ? named.indexOf(current) : -1;
    go(named[Math.min(Math.max(at + step, 0), named.length - 1)]);
  });
  for (const { fold } of sections) fold?.onChange(tellFolds);

  return {
    element,
    update() {
      const now = sections.filter((section) => hasContent(section.element));
      if (now.length === named.length && now.every((section, i) => section === named[i])) return;
      named = now;
      if (current && !named.includes(current)) current = undefined;
      element.hidden = named.length < 2;
      const focused = buttons().indexOf(document.activeElement as HTMLElement);
      fill(list, ...named.map((section) => h('button', { type: 'button', click: () => go(section) }, section.name)));
      buttons()[focused]?.focus({ preventScroll: true });
      tellFolds();
      watch();
      mark();
    },
    setTop(pixels) {
      if (pixels === top) return;
      top = pixels;
      element.style.top = `${pixels}px`;
      watch();
    },
  };
}

function isOnScreen(section: HTMLElement): boolean {
  const { top, bottom } = section.getBoundingClientRect();
  return top < window.innerHeight && bottom > 0;
}

/** A section that waits for its figures has nothing to read yet. */
function hasContent(section: HTMLElement): boolean {
  return !section.hidden && section.querySelector(':scope > .section-body > .skeleton') === null;
}

/** +1 for the next section, −1 for the one before. Keys that a person types into a field are left alone. */
function stepOf({ key, altKey, ctrlKey, metaKey, target }: KeyboardEvent): -1 | 0 | 1 {
  const field =
    target instanceof Element && target.closest('input:not([type="radio"]), textarea, select, vscode-dropdown');
  if (field) return 0;
  if (altKey && !ctrlKey && !metaKey) {
    if (key === 'ArrowDown') return 1;
    if (key === 'ArrowUp') return -1;
  }
  // On many keyboards the brackets themselves need Alt or Ctrl+Alt.
  return key === ']' ? 1 : key === '[' ? -1 : 0;
}

function keepInSight(list: HTMLElement, item: HTMLElement): void {
  const margin = 24;
  const [start, end] = [item.offsetLeft - list.offsetLeft, item.offsetLeft - list.offsetLeft + item.offsetWidth];
  if (start - margin < list.scrollLeft) list.scrollLeft = start - margin;
  else if (end + margin > list.scrollLeft + list.clientWidth) list.scrollLeft = end + margin - list.clientWidth;
}
