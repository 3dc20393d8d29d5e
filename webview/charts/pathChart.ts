import type { ChartConfiguration, Plugin } from 'chart.js';
import { formatExactCount } from '../../src/text/counts';
import { formatCompact, formatNumber, formatPercent } from '../../src/text/numbers';
import { faded } from '../color';
import type { Theme } from '../theme';
import { axis, legend, tooltip, zoom } from './axis';
import type { AxisOptions } from './axis';
import { brokenMarks, linePoints } from './lines';
import type { LinePoint } from './lines';
import { clipped, line, pixel, verticalMarks } from './marks';
import { needsLog } from './pathCurves';
import type { PathCurve } from './pathCurves';

/** What a chart of a path shares with all others of the same path. */
export interface PathChoice {
  steps: readonly number[];
  /** Index of the checkpoint that the reader chose. The chart reads it at every drawing. */
  chosen: () => number;
  choose: (index: number) => void;
}

/** Draws figures of the checkpoints over the steps, with their errors, and marks the chosen checkpoint. */
export function pathChart(
  curve: PathCurve,
  { steps, chosen, choose }: PathChoice,
  theme: Theme,
): ChartConfiguration<'line', LinePoint[]> {
  const { series, levels, events, unit, share } = curve;
  const type = needsLog(curve) ? 'logarithmic' : 'linear';
  const broken = steps.filter((_, i) => series.some(({ values }) => !Number.isFinite(values[i])));
  return {
    type: 'line',
    data: {
      datasets: series.map(({ label, values, color }) => ({
        label,
        data: linePoints(steps, values),
        borderColor: theme.series[color],
        backgroundColor: theme.series[color],
        borderWidth: theme.highContrast ? 2.5 : 1.75,
        pointRadius: steps.length > 40 ? 0 : 2,
        pointHoverRadius: 5,
        pointStyle: 'circle' as const,
      })),
    },
    options: {
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      onClick: (_, [hit]) => hit && choose(hit.index),
      scales: {
        x: axis('step', theme, 'linear', { min: steps[0], max: steps.at(-1), grid: false }),
        y: axis(unit, theme, type, room(curve, type === 'logarithmic')),
      },
      plugins: {
        legend: legend(theme, series.length > 1),
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => (item ? `step ${formatExactCount(item.parsed.x ?? NaN)}` : ''),
            label: ({ datasetIndex, dataIndex }) => {
              const { label, values, errors } = series[datasetIndex];
              return `${label} ${checkpointText(values[dataIndex], errors[dataIndex], share)}`;
            },
          },
        },
        zoom: zoom('x', theme),
      },
    },
    plugins: [
      levelLines(levels, theme),
      verticalMarks(
        events.map((step) => ({ at: step, color: theme.series[1], dash: [6, 3] })),
        [],
        theme,
      ),
      verticalErrors(curve, steps),
      chosenMark(steps, chosen, theme),
      ...(broken.length > 0 ? [brokenMarks(broken, theme, 'not finite')] : []),
    ],
  };
}

/** Writes a figure of a checkpoint with its error where it has one. */
export function checkpointText(value: number, error: number | undefined, share: boolean): string {
  if (share) return formatPercent(value);
  return error === undefined ? formatNumber(value, 4) : formatCompact(value, error);
}

/**
 * Makes room for error bars and for the levels, which belong to the picture even where the curve stays away from them,
 * unless they would press it flat.
 */
function room({ levels, series, share }: PathCurve, log: boolean): AxisOptions {
  const ends = (sign: 1 | -1): number[] =>
    series.flatMap(({ values, errors }) =>
      values.map((value, i) => value + sign * (errors[i] ?? 0)).filter(Number.isFinite),
    );
  const highest = Math.max(...ends(1));
  const level = Math.max(...levels.map(({ at }) => at));
  if (share) return { min: 0, max: 1 };
  return {
    // No log axis has a place for an error bar that reaches zero.
    ...(log ? {} : { suggestedMin: Math.min(...ends(-1)) }),
    suggestedMax: level > highest && level < 10 * highest ? 1.06 * level : highest,
  };
}

function levelLines(levels: PathCurve['levels'], theme: Theme): Plugin<'line'> {
  return {
    id: 'levelLines',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      clipped(chart, () => {
        ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
        ctx.textAlign = 'left';
        ctx.lineWidth = theme.highContrast ? 2 : 1.25;
        for (const { at, label } of levels) {
          const y = Math.round(pixel(chart, 'y', at)) + 0.5;
          // A level beyond the axis is named at the edge, with an arrow that points to it.
          const hidden = y < chartArea.top || y > chartArea.bottom;
          ctx.strokeStyle = theme.series[1];
          ctx.fillStyle = theme.series[1];
          ctx.setLineDash([6, 3]);
          if (!hidden) line(ctx, chartArea.left, y, chartArea.right, y);
          const below = !hidden && y - chartArea.top < theme.fontSize + 4;
          ctx.textBaseline = hidden || below ? 'top' : 'bottom';
          const text = hidden ? `${label} = ${formatNumber(at, 3)} ↑` : label;
          ctx.fillText(text, chartArea.left + 4, hidden ? chartArea.top + 4 : y + (below ? 3 : -3));
        }
      });
    },
  };
}

function verticalErrors({ series }: PathCurve, steps: readonly number[]): Plugin<'line'> {
  return {
    id: 'verticalErrors',
    beforeDatasetsDraw(chart) {
      const { ctx } = chart;
      clipped(chart, () => {
        ctx.lineWidth = 1;
        series.forEach(({ values, errors }, index) => {
          if (!chart.isDatasetVisible(index)) return;
          ctx.strokeStyle = faded(String(chart.data.datasets[index]?.borderColor), 0.7);
          steps.forEach((step, i) => {
            const [value, error] = [values[i], errors[i]];
            if (error === undefined || !(error > 0) || !Number.isFinite(value + error)) return;
            const x = pixel(chart, 'x', step);
            const [low, high] = [pixel(chart, 'y', value - error), pixel(chart, 'y', value + error)];
            // The lower end has no place on a log axis where the error is as large as the figure.
            line(ctx, x, Number.isFinite(low) ? low : chart.chartArea.bottom, x, high);
          });
        });
      });
    },
  };
}

function chosenMark(steps: readonly number[], chosen: () => number, theme: Theme): Plugin<'line'> {
  return {
    id: 'chosenMark',
    afterDatasetsDraw(chart) {
      const index = chosen();
      const { ctx, chartArea } = chart;
      const x = Math.round(pixel(chart, 'x', steps[index] ?? NaN)) + 0.5;
      if (!(x >= chartArea.left - 1 && x <= chartArea.right + 1)) return;
      ctx.save();
      ctx.strokeStyle = theme.foreground;
      ctx.lineWidth = theme.highContrast ? 2 : 1;
      line(ctx, x, chartArea.top, x, chartArea.bottom);
      chart.data.datasets.forEach((dataset, i) => {
        const y = pixel(chart, 'y', (dataset.data[index] as LinePoint | undefined)?.y ?? NaN);
        if (!chart.isDatasetVisible(i) || !Number.isFinite(y)) return;
        ctx.beginPath();
        ctx.arc(x, y, 4.5, 0, 2 * Math.PI);
        ctx.fillStyle = String(dataset.borderColor);
        ctx.fill();
        ctx.strokeStyle = theme.background;
        ctx.lineWidth = 1.5;
        ctx.stroke();
      });
      ctx.restore();
    },
  };
}
