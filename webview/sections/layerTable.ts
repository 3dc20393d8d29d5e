import type { GradientMeasurement, ModelSummary, ParameterMeasurement } from '../../src/report/report';
import { formatCount } from '../../src/text/counts';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import { h } from '../dom';

/** One tensor with what is known of it. */
export interface LayerRow {
  name: string;
  shape: readonly number[];
  count: number;
  /** ‖θ‖ of the tensor; NaN where it was not measured. */
  weights: number;
  /** ‖∇L‖ of the tensor. */
  gradient: number;
}

export type LayerColumn = 'name' | 'count' | 'weights' | 'gradient' | 'relative';

/** By which column the table is sorted; null for the order of the network. */
export type LayerSort = { column: LayerColumn; descending: boolean } | null;

export function layerRows(
  gradient: GradientMeasurement,
  { parameters }: ModelSummary,
  weights: ParameterMeasurement | undefined,
): LayerRow[] {
  const facts = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const norms = new Map(weights?.byParameter?.map(({ name, norm }) => [name, norm]));
  return gradient.byParameter.map(({ name, norm }) => ({
    name,
    shape: facts.get(name)?.shape ?? [],
    count: facts.get(name)?.count ?? NaN,
    weights: norms.get(name) ?? NaN,
    gradient: norm,
  }));
}

function valueOf(row: LayerRow, column: LayerColumn): number | string {
  if (column === 'relative') return row.gradient / row.weights;
  return row[column];
}

/** Sorts the rows by a column. What is not a number comes last in either order; equal rows keep the network's order. */
export function sortedRows(rows: readonly LayerRow[], sort: LayerSort): LayerRow[] {
  if (!sort) return [...rows];
  const { column, descending } = sort;
  return [...rows].sort((a, b) => {
    const [first, second] = [valueOf(a, column), valueOf(b, column)];
    if (typeof first === 'string' || typeof second === 'string') {
      const order = String(first).localeCompare(String(second), 'en', { numeric: true });
      return descending ? -order : order;
    }
    if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
    return first === second ? 0 : first < second === descending ? 1 : -1;
  });
}

/** A first press on a heading sorts from the largest, a second from the smallest, a third as the network has them. */
export function nextSort(sort: LayerSort, column: LayerColumn): LayerSort {
  const first = column !== 'name';
  if (sort?.column !== column) return { column, descending: first };
  return sort.descending === first ? { column, descending: !first } : null;
}

const COLUMNS: [LayerColumn, string, (row: LayerRow) => string][] = [
  ['count', 'Parameters', ({ count }) => formatCount(count)],
  ['weights', '‖θ‖', ({ weights }) => formatNumber(weights)],
  ['gradient', '‖∇L‖', ({ gradient }) => formatNumber(gradient)],
  ['relative', '‖∇L‖/‖θ‖', ({ gradient, weights }) => formatNumber(gradient / weights, 3)],
];

export interface LayerTableOptions {
  sort: LayerSort;
  chosen: string | null;
  resort: (sort: LayerSort) => void;
  choose: (name: string | null) => void;
}

/**
 * Lists every tensor with bars, sortable by each column. A tensor that is chosen is marked in all charts by layer. The
 * table changes in place, so that the focus stays where it was and nothing around it is drawn again.
 */
export function layerTable(rows: readonly LayerRow[], options: LayerTableOptions): HTMLElement {
  let { sort, chosen } = options;
  const kept = COLUMNS.filter(([column]) => rows.some((row) => Number.isFinite(valueOf(row, column))));
  const largest = new Map(
    kept.map(([column]) => [
      column,
      Math.max(...rows.map((row) => Number(valueOf(row, column))).filter(Number.isFinite)),
    ]),
  );
  /** Brings headings, order and marks up to date. */
  const updates: (() => void)[] = [];
  const heading = (column: LayerColumn, text: string, kind?: string): HTMLElement => {
    const press = (): void => {
      sort = nextSort(sort, column);
      options.resort(sort);
      update();
    };
    const label = h('button', { type: 'button', class: 'sort', click: press });
    const cell = h('th', { scope: 'col', class: kind }, label);
    updates.push(() => {
      const state = sort?.column !== column ? 'none' : sort.descending ? 'descending' : 'ascending';
      cell.setAttribute('aria-sort', state);
      label.textContent = text + { none: '', descending: ' ↓', ascending: ' ↑' }[state];
    });
    return cell;
  };
  const cell = (row: LayerRow, [column, , text]: (typeof COLUMNS)[number]): HTMLElement => {
    const bar = h('span', { class: 'cell-bar', 'aria-hidden': 'true' });
    const share = Number(valueOf(row, column)) / largest.get(column)!;
    bar.style.transform = `scaleX(${Number.isFinite(share) ? Math.min(Math.max(share, 0), 1) : 0})`;
    return h('td', { class: 'number barred', title: formatPercent(share) }, bar, h('span', {}, text(row)));
  };
  const line = (row: LayerRow): HTMLElement => {
    const press = (): void => {
      chosen = row.name === chosen ? null : row.name;
      options.choose(chosen);
      update();
    };
    const name = h('button', { type: 'button', class: 'layer-name', click: press }, row.name);
    const element = h(
      'tr',
      {},
      h('td', {}, name),
      h('td', {}, row.shape.join(' × ')),
      ...kept.map((column) => cell(row, column)),
    );
    updates.push(() => {
      element.classList.toggle('chosen', row.name === chosen);
      name.setAttribute('aria-pressed', String(row.name === chosen));
    });
    return element;
  };
  const lines = new Map(rows.map((row) => [row, line(row)]));
  const body = h('tbody', {});
  const update = (): void => {
    updates.forEach((each) => each());
    const wanted = sortedRows(rows, sort).map((row) => lines.get(row)!);
    // Moving the row that holds the focus would lose it.
    if (wanted.some((element, i) => element !== body.children[i])) body.replaceChildren(...wanted);
  };
  const table = h(
    'div',
    { class: 'scroll-x layer-table', role: 'region', tabindex: 0, 'aria-label': 'Tensors' },
    h(
      'table',
      { class: 'data' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heading('name', 'Tensor'),
          h('th', { scope: 'col' }, 'Shape'),
          ...kept.map(([column, text]) => heading(column, text, 'number')),
        ),
      ),
      body,
    ),
  );
  update();
  return table;
}
