import type { ChartConfiguration } from 'chart.js';
import type { ActivationEntry } from '../../src/report/sections/dynamics/units';
import { formatPercent } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis } from './axis';
import { gapLabels } from './barMarks';
import { verticalMarks } from './marks';
import { rowBars } from './rowBars';

/** A share of a layer, from 0 to 1. */
export interface ShareBar {
  name: string;
  /** Other names of it: the parameters before it. */
  of?: readonly string[];
  share: number;
  /** What the share is of: "6 of 16 units are dead". */
  told: string;
}

/** Draws shares as bars from 0 to 100 %, with the share from which a verdict is present. */
export function shareChart(
  bars: readonly ShareBar[],
  title: string,
  limit: number | undefined,
  theme: Theme,
): ChartConfiguration<'bar', number[], string> {
  const color = ({ share }: ShareBar): string =>
    limit !== undefined && share >= limit ? theme.series[1] : theme.series[0];
  const ticks = [0, 0.5, 1].map((value) => ({ value, label: formatPercent(value) }));
  return rowBars(
    bars,
    {
      label: title,
      extent: ({ share }) => share,
      fill: (bar) => faded(color(bar), 0.85),
      border: color,
      x: axis(title, theme, 'linear', { min: 0, max: 1, ticks }),
      told: ({ told }) => told,
      plugins: [
        verticalMarks(limit === undefined ? [] : [{ at: limit, color: theme.error, dash: [4, 3] }], [], theme),
        gapLabels(({ share }) => (share === 0 ? 'none' : null), bars, theme),
      ],
    },
    theme,
  );
}

/** The share of dead units of every layer that has units on one flat side. */
export function deadBars(units: readonly ActivationEntry[]): ShareBar[] {
  return units.flatMap(({ layer, parameters, operator, units: count = 0, dead }) =>
    dead === undefined || count === 0
      ? []
      : [
          {
            name: layer,
            of: parameters,
            share: dead / count,
            told: `${dead} of ${count} units of ${operator} are dead`,
          },
        ],
  );
}

/** The share of elements in their tails of every layer that is bounded. */
export function saturatedBars(units: readonly ActivationEntry[]): ShareBar[] {
  return units.flatMap(({ layer, parameters, operator, kind, saturated }) => {
    if (saturated === undefined) return [];
    const what = kind === 'attention' ? 'of the rows choose a single key' : 'of the elements are in the tails';
    return [
      { name: layer, of: parameters, share: saturated, told: `${operator}: ${formatPercent(saturated)} ${what}` },
    ];
  });
}
