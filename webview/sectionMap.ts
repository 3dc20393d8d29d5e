import { h } from './dom';

/** Sections that stand one below the other over the whole width, or in two columns where the page is wide. */
type Block = string | readonly [left: readonly string[], right: readonly string[]];

/** The order of the sections. Those of two columns are as tall together on one side as on the other. */
const ORDER: readonly Block[] = [
  'comparison',
  'path',
  'verdicts',
  [
    ['plane', 'layers'],
    ['lines', 'spectrum'],
  ],
  'descent',
  'scans',
  'optimizers',
  [
    ['eigenvalues', 'parts'],
    ['matrices', 'companions'],
  ],
  'inside',
  'weights',
  'samples',
  'numerics',
  'checks',
  'details',
];

/** Names that are short enough for a bar of all sections. */
const NAMES: Record<string, string> = {
  comparison: 'Comparison',
  path: 'Path',
  verdicts: 'Verdicts',
  plane: 'Plane',
  lines: 'Lines',
  spectrum: 'Spectrum',
  descent: 'Steps',
  scans: 'Wide scans',
  optimizers: 'Optimizers',
  eigenvalues: 'Eigenvalues',
  layers: 'Gradient',
  matrices: 'Matrices',
  parts: 'Curvature',
  companions: 'Scale',
  inside: 'Inside',
  weights: 'Symmetry',
  samples: 'Samples',
  numerics: 'Numbers',
  checks: 'Self-checks',
  details: 'Details',
};

export function sectionName(id: string): string {
  return NAMES[id] ?? id;
}

/** Lays the sections out. Sections without a place come last. @returns them in their order on the page, too */
export function layOut(sections: readonly HTMLElement[]): { grid: HTMLElement; ordered: HTMLElement[] } {
  const byId = new Map(sections.map((element) => [element.id, element]));
  const ordered: HTMLElement[] = [];
  const take = (id: string): HTMLElement[] => {
    const element = byId.get(id);
    byId.delete(id);
    if (element) ordered.push(element);
    return element ? [element] : [];
  };
  const column = (ids: readonly string[]): HTMLElement => h('div', { class: 'column' }, ...ids.flatMap(take));
  const placed = ORDER.flatMap((block) =>
    typeof block === 'string' ? take(block) : [h('div', { class: 'columns' }, ...block.map(column))],
  );
  return { grid: h('div', { class: 'sections' }, ...placed, ...[...byId.keys()].flatMap(take)), ordered };
}
