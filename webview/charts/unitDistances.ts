import type { Chart, ChartConfiguration } from 'chart.js';
import type { SymmetryMeasurement } from '../../src/report/sections/dynamics/symmetry';
import { formatNumber } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, tooltip } from './axis';
import { pixel } from './marks';

export type ComparedUnits = NonNullable<SymmetryMeasurement['distances']>[number];

/** Two units and how far they are apart. */
export interface DistanceCell {
  x: number;
  y: number;
  distance: number;
}

/** Pairs of units at least this far apart are left empty: unrelated units are about √2 apart. */
const APART = 1;
/** Largest number of ticks on an axis of units. */
const MOST_TICKS = 12;

/**
 * Draws how far each two units of a layer are apart, as a square of cells. A full cell is a pair of equal units, so
 * copies, which stand side by side, form full squares on the diagonal.
 */
export function unitDistanceChart(
  units: readonly number[],
  distances: readonly (readonly number[])[],
  theme: Theme,
): ChartConfiguration<'matrix', DistanceCell[]> {
  const cells = distances.flatMap((row, y) => row.map((distance, x) => ({ x, y, distance })));
  const every = Math.ceil(units.length / MOST_TICKS);
  const ticks = units.flatMap((unit, value) => (value % every === 0 ? [{ value, label: String(unit) }] : []));
  const side = (chart: Chart, which: 'x' | 'y'): number =>
    chart.scales[which] ? Math.max(1, Math.abs(pixel(chart, which, 1) - pixel(chart, which, 0)) - 1.5) : 0;
  const range = { min: -0.5, max: units.length - 0.5, grid: false, offset: false, ticks };
  return {
    type: 'matrix',
    data: {
      datasets: [
        {
          label: 'distance',
          data: cells,
          width: ({ chart }) => side(chart, 'x'),
          height: ({ chart }) => side(chart, 'y'),
          backgroundColor: ({ dataIndex }) => cellColor(cells[dataIndex], theme),
          borderWidth: 0,
          hoverBackgroundColor: ({ dataIndex }) => cellColor(cells[dataIndex], theme),
          hoverBorderColor: theme.foreground,
          hoverBorderWidth: 2,
        },
      ],
    },
    options: {
      animation: false,
      scales: {
        x: axis('unit', theme, 'linear', { ...range, reverse: false }),
        y: axis('unit', theme, 'linear', { ...range, reverse: true }),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip(theme),
          callbacks: { title: () => '', label: ({ dataIndex }) => cellText(units, cells[dataIndex]) },
        },
      },
    },
  };
}

function cellColor(cell: DistanceCell | undefined, theme: Theme): string {
  if (!cell || !Number.isFinite(cell.distance)) return 'transparent';
  // A unit is equal to itself, which tells nothing.
  if (cell.x === cell.y) return faded(theme.foreground, 0.35);
  return cell.distance === 0
    ? theme.series[1]
    : faded(theme.series[0], 0.06 + 0.6 * Math.max(0, 1 - cell.distance / APART));
}

function cellText(units: readonly number[], cell: DistanceCell | undefined): string {
  if (!cell) return '';
  const { x, y, distance } = cell;
  if (x === y) return `unit ${units[x]}`;
  const apart = distance === 0 ? 'equal' : `${formatNumber(distance, 3)} apart, relative to the longer one`;
  return `units ${units[y]} and ${units[x]}: ${apart}`;
}

/** Names the groups of equal units: "Units 1, 4 and 6 are equal." */
export function equalUnits({ units, weights }: ComparedUnits): string {
  const seen = new Set<number>();
  const groups = units.flatMap((_, a) => {
    if (seen.has(a)) return [];
    const group = units.map((__, b) => b).filter((b) => b === a || weights[a]?.[b] === 0);
    group.forEach((b) => seen.add(b));
    return group.length > 1 ? [group.map((b) => String(units[b]))] : [];
  });
  if (groups.length === 0) return 'Equal up to rounding.';
  return groups
    .map((names) => `Units ${names.slice(0, -1).join(', ')} and ${names[names.length - 1]} are equal.`)
    .join(' ');
}
