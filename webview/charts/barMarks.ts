import type { Plugin } from 'chart.js';
import type { Theme } from '../theme';
import { clipped, haloText, line, pixel } from './marks';

/** Writes a label in place of every bar that cannot be drawn. `label` returns null for a bar that is drawn. */
export function gapLabels<T>(label: (bar: T) => string | null, bars: readonly T[], theme: Theme): Plugin<'bar'> {
  return {
    id: 'gapLabels',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
      ctx.textBaseline = 'middle';
      bars.forEach((bar, index) => {
        const text = label(bar);
        if (text === null) return;
        const color = text.endsWith('not finite') ? theme.error : theme.muted;
        haloText(ctx, text, chartArea.left + 6, pixel(chart, 'y', index), color, theme.background);
      });
      ctx.restore();
    },
  };
}

/** Draws whiskers of one standard error around the ends of horizontal bars, and a line at zero. */
export function barErrors(bars: readonly { value: number; error: number }[], theme: Theme): Plugin<'bar'> {
  return {
    id: 'barErrors',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      clipped(chart, () => {
        ctx.strokeStyle = theme.muted;
        ctx.lineWidth = 1;
        const zero = Math.round(pixel(chart, 'x', 0)) + 0.5;
        if (Number.isFinite(zero)) line(ctx, zero, chartArea.top, zero, chartArea.bottom);
        ctx.strokeStyle = theme.foreground;
        ctx.lineWidth = theme.highContrast ? 2 : 1.25;
        bars.forEach(({ value, error }, index) => {
          if (!(error > 0) || !Number.isFinite(value + error)) return;
          const y = pixel(chart, 'y', index);
          // On a log axis the lower end may lie at or below zero. The whisker then runs to the edge of the chart.
          const below = pixel(chart, 'x', value - error);
          const [left, right] = [Number.isFinite(below) ? below : chartArea.left, pixel(chart, 'x', value + error)];
          if (!Number.isFinite(right)) return;
          line(ctx, left, y, right, y);
          for (const x of [left, right]) line(ctx, x, y - 3.5, x, y + 3.5);
        });
      });
    },
  };
}

/** Draws hairlines with caps from the least to the greatest value that a horizontal bar stands for. */
export function barSpans(ranges: readonly ({ least: number; greatest: number } | null)[], theme: Theme): Plugin<'bar'> {
  return {
    id: 'barSpans',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      clipped(chart, () => {
        ctx.strokeStyle = theme.foreground;
        ctx.lineWidth = theme.highContrast ? 2 : 1.25;
        ranges.forEach((range, index) => {
          if (range === null || !(range.least < range.greatest)) return;
          const y = pixel(chart, 'y', index);
          const [left, right] = [pixel(chart, 'x', range.least), pixel(chart, 'x', range.greatest)];
          line(ctx, left, y, right, y);
          for (const x of [left, right]) line(ctx, x, y - 3.5, x, y + 3.5);
        });
      });
    },
  };
}
