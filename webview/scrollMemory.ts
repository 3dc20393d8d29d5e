/** How long the reader must rest before the place is remembered. */
const RESTING_MS = 150;

/** Brings the reader back to where they were, once the page is as long as it was then. */
export interface ScrollMemory {
  /** Scrolls to the remembered place. Does so once, however often it is called. */
  restore(): void;
}

/** Remembers how far the reader has scrolled. */
export function scrollMemory(memory: { scroll: number }, remember: () => void): ScrollMemory {
  let restored = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener(
    'scroll',
    () => {
      // The browser itself scrolls the page while the page still grows, so this position is not the reader's.
      if (!restored) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        memory.scroll = window.scrollY;
        remember();
      }, RESTING_MS);
    },
    { passive: true },
  );
  return {
    restore() {
      if (restored) return;
      restored = true;
      // What was just added must have its height before the page can scroll to the old place.
      requestAnimationFrame(() => window.scrollTo(0, memory.scroll));
    },
  };
}
