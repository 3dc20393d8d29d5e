/** What the page remembers of its own across tab switches and reloads; the report itself comes from the extension. */
export interface PageMemory {
  scroll: number;
  plane: { index: number; view: 'contour' | 'heat' | 'surface'; scale: 'log' | 'linear'; points: boolean };
  lines: { scale: 'linear' | 'log'; accuracy: boolean };
  /** Kernel width of the density as a fraction of the spectrum's range; null: as the report has it. */
  spectrum: { sigma: number | null };
  layers: { perParameter: boolean };
  /** Ids of the details that stand open. */
  open: string[];
}

const INITIAL: PageMemory = {
  scroll: 0,
  plane: { index: 0, view: 'contour', scale: 'log', points: true },
  lines: { scale: 'linear', accuracy: false },
  spectrum: { sigma: null },
  layers: { perParameter: false },
  open: [],
};

/** Fills what an older version of the page did not remember. */
export function restoreMemory(saved: unknown): PageMemory {
  const known = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<PageMemory>;
  return {
    scroll: typeof known.scroll === 'number' ? known.scroll : INITIAL.scroll,
    plane: { ...INITIAL.plane, ...known.plane },
    lines: { ...INITIAL.lines, ...known.lines },
    spectrum: { ...INITIAL.spectrum, ...known.spectrum },
    layers: { ...INITIAL.layers, ...known.layers },
    open: Array.isArray(known.open) ? known.open.filter((id) => typeof id === 'string') : [],
  };
}
