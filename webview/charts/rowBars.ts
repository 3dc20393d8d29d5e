import type { ChartConfiguration, Plugin } from 'chart.js';
import type { Theme } from '../theme';
import { axis, tooltip } from './axis';
import { brushedLayer } from './brushMarks';

/** A value where the bar begins at zero, both ends of one that does not, null for a gap. */
type Extent = number | [number, number] | null;

export interface RowBars<Row, E extends Extent> {
  /** What the bars measure. */
  label: string;
  extent: (row: Row) => E;
  fill: (row: Row) => string;
  border: (row: Row) => string;
  x: ReturnType<typeof axis>;
  /** The tooltip below the name of the row. */
  told: (row: Row) => string | string[];
  /** Whether a bar too short to be seen is lengthened. */
  neverInvisible?: boolean;
  /** Whether the side where a bar begins has a border, too. */
  bordered?: boolean;
  plugins?: Plugin<'bar'>[];
}

/** Draws one horizontal bar per row, with the name of the row at its left. The whole row shows the tooltip. */
export function rowBars<Row extends { name: string }, E extends Extent>(
  rows: readonly Row[],
  { label, extent, fill, border, x, told, neverInvisible = false, bordered = false, plugins = [] }: RowBars<Row, E>,
  theme: Theme,
): ChartConfiguration<'bar', E[], string> {
  return {
    type: 'bar',
    data: {
      labels: rows.map(({ name }) => name),
      datasets: [
        {
          label,
          data: rows.map(extent),
          backgroundColor: rows.map(fill),
          borderColor: rows.map(border),
          borderWidth: theme.highContrast ? 1 : 0,
          ...(bordered ? { borderSkipped: false } : {}),
          barPercentage: 0.72,
          categoryPercentage: 1,
          maxBarThickness: 16,
          ...(neverInvisible ? { minBarLength: 2 } : {}),
        },
      ],
    },
    options: {
      animation: false,
      indexAxis: 'y',
      interaction: { mode: 'nearest', axis: 'y', intersect: false },
      scales: { x, y: nameAxis(rows, theme) },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? (rows[item.dataIndex]?.name ?? '') : ''),
            label({ dataIndex }) {
              const row = rows[dataIndex];
              return row ? told(row) : '';
            },
          },
        },
      },
    },
    plugins: [brushedLayer(rows, theme), ...plugins],
  };
}

/** Configures the axis that names the bars, one per row. Every row keeps its name, however many rows there are. */
function nameAxis(rows: readonly { name: string }[], theme: Theme) {
  return {
    ...axis('', theme),
    type: 'category' as const,
    grid: { display: false },
    ticks: {
      color: theme.foreground,
      autoSkip: false,
      font: { size: theme.fontSize - 2 },
      callback: (index: string | number) => shorten(rows[Number(index)]?.name ?? '', NAME_LENGTH),
    },
  };
}

const NAME_LENGTH = 26;

/** Shortens a long name in the middle, since the layer's number is often at the end. */
export function shorten(name: string, length: number): string {
  if (name.length <= length) return name;
  const head = Math.ceil((length - 1) / 3);
  return `${name.slice(0, head)}…${name.slice(name.length - (length - 1 - head))}`;
}
