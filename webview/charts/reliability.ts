import type { ChartConfiguration, Plugin } from 'chart.js';
import type { SurrogateMeasurement } from '../../src/report/sections/dynamics/surrogate';
import { counted, formatCount } from '../../src/text/counts';
import { formatNumber, formatPercent, formatCompact } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip } from './axis';
import type { LinePoint } from './lines';
import { clipped, line, pixel } from './marks';

export type DrawnCalibration = NonNullable<SurrogateMeasurement['calibration']>;
type Bin = DrawnCalibration['bins'][number];

/**
 * Draws the frequency of right answers over the probability that the model gave them (a reliability diagram). On the
 * diagonal the model is as sure as it is right. Whiskers are standard errors of a binomial share, √(a(1 − a)/n); the
 * columns behind are the shares of the answers in each bin.
 */
export function reliabilityChart({ bins }: DrawnCalibration, theme: Theme): ChartConfiguration<'line', LinePoint[]> {
  const from = Math.min(0.5, ...bins.map((bin) => bin.from));
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'right answers',
          data: bins.map(({ confidence, accuracy }) => ({ x: confidence, y: accuracy })),
          borderColor: theme.series[0],
          backgroundColor: theme.series[0],
          borderWidth: theme.highContrast ? 2.5 : 1.75,
          pointRadius: 3.5,
          pointStyle: 'circle',
        },
        {
          label: 'as sure as right',
          data: [from, 1].map((x) => ({ x, y: x })),
          borderColor: theme.muted,
          backgroundColor: theme.muted,
          borderDash: [5, 3],
          borderWidth: theme.highContrast ? 2 : 1.25,
          pointRadius: 0,
          pointHitRadius: 0,
          pointStyle: 'line',
        },
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: axis('probability of the answer', theme, 'linear', { min: from, max: 1, grid: false }),
        y: axis('share of right answers', theme, 'linear', { min: 0, max: 1 }),
      },
      plugins: {
        legend: legend(theme),
        tooltip: {
          ...tooltip(theme),
          filter: ({ datasetIndex }) => datasetIndex === 0,
          callbacks: {
            title: ([item]) => (item ? binTitle(bins[item.dataIndex]) : ''),
            label: ({ dataIndex }) => binText(bins[dataIndex]),
          },
        },
      },
    },
    plugins: [answerColumns(bins, theme), accuracyErrors(bins, theme)],
  };
}

function binTitle(bin: Bin | undefined): string {
  return bin ? `${formatPercent(bin.from)} to ${formatPercent(bin.to)}: ${counted(bin.answers, 'answer')}` : '';
}

function binText(bin: Bin | undefined): string {
  return bin ? `sure by ${formatPercent(bin.confidence)}, right in ${formatPercent(bin.accuracy)}` : '';
}

/** Columns as wide as the bins, whose heights are the shares of the answers on the axis of the chart. */
function answerColumns(bins: readonly Bin[], theme: Theme): Plugin<'line'> {
  const all = bins.reduce((sum, { answers }) => sum + answers, 0);
  return {
    id: 'answerColumns',
    beforeDatasetsDraw(chart) {
      clipped(chart, () => {
        chart.ctx.fillStyle = faded(theme.foreground, 0.14);
        for (const { from, to, answers } of bins) {
          const [left, right] = [pixel(chart, 'x', from), pixel(chart, 'x', to)];
          const top = pixel(chart, 'y', answers / all);
          chart.ctx.fillRect(left + 1, top, right - left - 2, chart.chartArea.bottom - top);
        }
      });
    },
  };
}

function accuracyErrors(bins: readonly Bin[], theme: Theme): Plugin<'line'> {
  return {
    id: 'accuracyErrors',
    afterDatasetsDraw(chart) {
      clipped(chart, () => {
        chart.ctx.strokeStyle = theme.series[0];
        chart.ctx.lineWidth = theme.highContrast ? 2 : 1;
        for (const { confidence, accuracy, answers } of bins) {
          const error = Math.sqrt((accuracy * (1 - accuracy)) / answers);
          const x = pixel(chart, 'x', confidence);
          const [low, high] = [pixel(chart, 'y', accuracy - error), pixel(chart, 'y', accuracy + error)];
          line(chart.ctx, x, low, x, high);
          for (const y of [low, high]) line(chart.ctx, x - 3, y, x + 3, y);
        }
      });
    },
  };
}

/** Says how far confidence and accuracy are apart, and in which direction. */
export function reliabilitySummary({ expectedError, bins }: DrawnCalibration): string {
  const all = bins.reduce((sum, { answers }) => sum + answers, 0);
  const surplus =
    bins.reduce((sum, { answers, confidence, accuracy }) => sum + answers * (confidence - accuracy), 0) / all;
  const told = `On average, confidence and accuracy are ${formatCompact(expectedError.value, expectedError.error)} apart (ECE)`;
  const tendency =
    Math.abs(surplus) <= expectedError.error
      ? 'with no clear direction'
      : `and the model is ${surplus > 0 ? 'surer' : 'less sure'} than it is right by ${formatNumber(Math.abs(surplus), 2)}`;
  return `${told}, ${tendency}. Columns: the share of the ${formatCount(all)} answers in each bin.`;
}
