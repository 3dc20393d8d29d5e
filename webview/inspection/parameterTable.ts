import { formatExactCount } from '../../src/text/counts';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import { h } from '../dom';
import type { ModelPageMemory } from './memory';
import type { Grouping, ParameterColumn, ParameterRow, StatisticName } from './parameterRows';

interface TableControls {
  order: ModelPageMemory['parameters'];
  grouping: Grouping;
  sortBy: (column: ParameterColumn) => void;
  /** Asks for the statistics of tensors. */
  ask: (names: readonly string[]) => void;
  /** Tensors whose statistics are being computed. */
  waiting: ReadonlySet<string>;
  /** Tensors that have none. */
  without: ReadonlySet<string>;
}

const STATISTICS: readonly { column: StatisticName; title: string }[] = [
  { column: 'mean', title: 'Mean' },
  { column: 'std', title: 'Std' },
  { column: 'min', title: 'Min' },
  { column: 'max', title: 'Max' },
  { column: 'zeros', title: 'Zeros' },
  { column: 'nan', title: 'NaN' },
  { column: 'infinite', title: '∞' },
];
const COUNTS: readonly StatisticName[] = ['zeros', 'nan', 'infinite'];

/** Makes the table of parameters with headings that sort it. */
export function parameterTable(rows: readonly ParameterRow[], controls: TableControls): HTMLElement {
  const largest = Math.max(...rows.map(({ share }) => share), 0);
  return h(
    'table',
    { class: 'data parameters' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        heading(controls.grouping === 'layer' ? 'Layer' : 'Tensor', 'name', controls),
        h('th', { scope: 'col' }, 'Shape'),
        heading('Count', 'count', controls, 'number'),
        h('th', { scope: 'col', class: 'share' }, 'Share'),
        ...STATISTICS.map(({ column, title }) => heading(title, column, controls, 'number')),
      ),
    ),
    h(
      'tbody',
      {},
      ...rows.map((row) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', class: 'code', title: row.reason }, row.name),
          h('td', { class: 'code shapes' }, ...row.shapes.map((shape) => h('span', {}, `[${shape.join(', ')}]`))),
          h('td', { class: 'number' }, formatExactCount(row.count)),
          h('td', { class: 'share' }, shareBar(row.share, largest)),
          ...statisticCells(row, controls),
        ),
      ),
    ),
  );
}

function heading(title: string, column: ParameterColumn, { order, sortBy }: TableControls, kind?: string): HTMLElement {
  const chosen = order.column === column;
  const arrow = chosen ? (order.direction === 'ascending' ? '↑' : '↓') : '';
  return h(
    'th',
    { scope: 'col', class: kind, 'aria-sort': chosen ? order.direction : undefined },
    h(
      'button',
      { type: 'button', class: 'sort', 'data-column': column, click: () => sortBy(column) },
      kind === 'number' && h('span', { 'aria-hidden': 'true' }, arrow),
      title,
      kind !== 'number' && h('span', { 'aria-hidden': 'true' }, arrow),
    ),
  );
}

/** A bar as long as the share of the largest row, with the share of all parameters beside it. */
function shareBar(share: number, largest: number): HTMLElement {
  const fill = h('span', { class: 'share-fill' });
  fill.style.width = `${largest === 0 ? 0 : (100 * share) / largest}%`;
  return h(
    'span',
    { class: 'share-row' },
    h('span', { class: 'share-track', 'aria-hidden': 'true' }, fill),
    h('span', { class: 'share-value' }, formatPercent(share)),
  );
}

function statisticCells(row: ParameterRow, { ask, waiting, without }: TableControls): HTMLElement[] {
  const { statistics, tensors, name } = row;
  if (statistics) {
    return STATISTICS.map(({ column }) => {
      const value = statistics[column];
      const odd = (column === 'nan' || column === 'infinite') && value !== 0;
      const text = value === null ? '–' : COUNTS.includes(column) ? formatExactCount(value) : formatNumber(value, 3);
      return h('td', { class: odd ? 'number odd' : 'number' }, text);
    });
  }
  const content = tensors.some((tensor) => without.has(tensor))
    ? h('span', { class: 'note' }, 'computed by the graph, so the file holds no such numbers')
    : tensors.some((tensor) => waiting.has(tensor))
      ? h('span', { class: 'note' }, 'computing…')
      : h(
          'button',
          {
            type: 'button',
            class: 'link',
            'aria-label': `Compute the statistics of ${name}`,
            click: () => ask(tensors),
          },
          'compute',
        );
  return [h('td', { colspan: STATISTICS.length, class: 'number' }, content)];
}
