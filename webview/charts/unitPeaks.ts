import type { ChartConfiguration } from 'chart.js';
import { formatNumber } from '../../src/text/numbers';
import type { Theme } from '../theme';
import { axis, tooltip } from './axis';
import type { LinePoint } from './lines';

/** The units of one layer with the largest value that each has on all data. */
export interface DrawnUnits {
  largest: readonly number[];
  dead: number;
}

/** Whether a value is among those of the dead units, which are the lowest. */
function isDead({ largest, dead }: DrawnUnits): (value: number) => boolean {
  const limit = [...largest].sort((a, b) => a - b)[dead - 1] ?? -Infinity;
  return (value) => value <= limit;
}

/** Draws the largest value of each unit as a dot. A dead unit is a ring at the bottom: it answers no sample. */
export function unitPeaksChart(units: DrawnUnits, theme: Theme): ChartConfiguration<'line', LinePoint[]> {
  const { largest } = units;
  const dead = isDead(units);
  const points = largest.map((y, x) => ({ x, y }));
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'largest answer',
          data: points,
          showLine: false,
          borderColor: largest.map((value) => (dead(value) ? theme.series[1] : theme.series[0])),
          backgroundColor: largest.map((value) => (dead(value) ? theme.background : theme.series[0])),
          borderWidth: theme.highContrast ? 2.5 : 1.75,
          pointRadius: 4,
        },
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis('unit', theme, 'linear', { min: -0.5, max: largest.length - 0.5, grid: false }),
        y: axis('largest answer', theme, 'linear'),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? `unit ${item.dataIndex}` : ''),
            label: ({ dataIndex }) => {
              const value = largest[dataIndex] ?? NaN;
              return dead(value) ? 'answers no sample' : `at most ${formatNumber(value, 3)}`;
            },
          },
        },
      },
    },
  };
}
