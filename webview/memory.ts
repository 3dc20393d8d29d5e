import type { KeptView } from './charts/keptView';
import type { LayerSort } from './sections/layerTable';

/** What the page remembers of one chart. */
export interface KeptChart extends KeptView {
  /** Whether its data are shown as a table. */
  table?: boolean;
}

/** The settings that the page remembers across tab switches and reloads. The extension sends the report itself. */
export interface PageMemory {
  scroll: number;
  plane: {
    index: number;
    layer: 'loss' | 'test' | 'ratio' | 'lambdaMax' | 'lambdaMin';
    view: 'contour' | 'heat' | 'surface';
    scale: 'log' | 'linear';
    points: boolean;
  };
  lines: { scale: 'linear' | 'log'; accuracy: boolean };
  /** `sigma` is the kernel width of the density as a fraction of the spectrum's range; null means the report's own. */
  spectrum: { sigma: number | null; scale: 'log' | 'linear'; matrices: 'H' | 'G' | 'both' };
  /** `chosen` is the tensor that all charts by layer mark. */
  layers: { perParameter: boolean; sort: LayerSort; chosen: string | null };
  /** With `largest`, the chart shows the parts with the largest values and sums all others. */
  parts: {
    measure: 'trace' | 'mean' | 'rowNorm';
    level: 'tensor' | 'layer' | 'block';
    scale: 'linear' | 'log';
    largest: boolean;
  };
  companions: { scale: 'linear' | 'log' };
  optimizers: { scale: 'linear' | 'log' };
  comparison: { scale: 'linear' | 'log'; accuracy: boolean; plane: 'contour' | 'heat' | 'surface' };
  /** `chosen` is the index of the checkpoint that the reader chose; null means the last. */
  path: { chosen: number | null; view: 'contour' | 'heat' | 'surface' };
  /** What the reader changed in each chart, by its section and name. */
  charts: Record<string, KeptChart>;
  /** Ids of the details that are open. */
  open: string[];
  /** Ids of the sections that are folded. */
  folded: string[];
}

const INITIAL: PageMemory = {
  scroll: 0,
  plane: { index: 0, layer: 'loss', view: 'contour', scale: 'log', points: true },
  lines: { scale: 'linear', accuracy: false },
  spectrum: { sigma: null, scale: 'log', matrices: 'H' },
  layers: { perParameter: false, sort: null, chosen: null },
  parts: { measure: 'trace', level: 'tensor', scale: 'linear', largest: true },
  companions: { scale: 'linear' },
  optimizers: { scale: 'log' },
  comparison: { scale: 'linear', accuracy: false, plane: 'contour' },
  path: { chosen: null, view: 'contour' },
  charts: {},
  open: [],
  folded: [],
};

/** Reads the saved settings, and adds the defaults of settings that an older version of the page did not save. */
export function restoreMemory(saved: unknown): PageMemory {
  const known = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<PageMemory>;
  return {
    scroll: typeof known.scroll === 'number' ? known.scroll : INITIAL.scroll,
    plane: { ...INITIAL.plane, ...known.plane },
    lines: { ...INITIAL.lines, ...known.lines },
    spectrum: { ...INITIAL.spectrum, ...known.spectrum },
    layers: { ...INITIAL.layers, ...known.layers },
    parts: { ...INITIAL.parts, ...known.parts },
    companions: { ...INITIAL.companions, ...known.companions },
    optimizers: { ...INITIAL.optimizers, ...known.optimizers },
    comparison: { ...INITIAL.comparison, ...known.comparison },
    path: { ...INITIAL.path, ...known.path },
    charts: { ...INITIAL.charts, ...known.charts },
    open: texts(known.open),
    folded: texts(known.folded),
  };
}

function texts(saved: unknown): string[] {
  return Array.isArray(saved) ? saved.filter((id) => typeof id === 'string') : [];
}
