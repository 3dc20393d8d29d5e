import type { Chart, Plugin } from 'chart.js';
import type { Theme } from '../theme';
import { faded } from '../color';

export interface VerticalMark {
  at: number;
  label?: string;
  /** The side of the line on which the label stands if there is room; right by default. */
  side?: 'left' | 'right';
  /** Row of the label, counted from the top; 0 by default. Labels that would overlap get different rows. */
  row?: number;
  color: string;
  dash?: number[];
}

export interface Band {
  from: number;
  to: number;
  color: string;
}

/** Draws vertical lines and shaded bands behind the data, and the labels of the lines at the top. */
export function verticalMarks(marks: readonly VerticalMark[], bands: readonly Band[], theme: Theme): Plugin {
  return {
    id: 'verticalMarks',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      clipped(chart, () => {
        for (const band of bands) {
          // A band without an end reaches to the edge of the chart.
          const left = band.from === -Infinity ? chartArea.left : pixel(chart, 'x', band.from);
          const right = band.to === Infinity ? chartArea.right : pixel(chart, 'x', band.to);
          ctx.fillStyle = faded(band.color, 0.22);
          // A very thin band must stay visible.
          const width = Math.max(right - left, 2);
          ctx.fillRect((left + right - width) / 2, chartArea.top, width, chartArea.bottom - chartArea.top);
        }
        for (const { at, color, dash = [] } of marks) {
          const x = Math.round(pixel(chart, 'x', at)) + 0.5;
          ctx.strokeStyle = color;
          ctx.lineWidth = 1;
          ctx.setLineDash(dash);
          line(ctx, x, chartArea.top, x, chartArea.bottom);
        }
      });
    },
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
      ctx.textBaseline = 'top';
      for (const { at, label, side, row = 0 } of marks) {
        const x = pixel(chart, 'x', at);
        if (label === undefined || x < chartArea.left || x > chartArea.right) continue;
        const width = ctx.measureText(label).width;
        const [before, after] = [x - 4 - width, x + 4];
        const onLeft = side === 'left' ? before > chartArea.left : after + width > chartArea.right;
        const left = onLeft ? before : after;
        const top = chartArea.top + row * (theme.fontSize + 4);
        ctx.fillStyle = theme.background;
        ctx.fillRect(left - 2, top, width + 4, theme.fontSize + 2);
        ctx.fillStyle = theme.foreground;
        ctx.fillText(label, left, top + 2);
      }
      ctx.restore();
    },
  };
}

/** A point with its three errors. Each error is the half width of an interval around the point. */
export interface ErrorPoint {
  x: number;
  y: number;
  /** Krylov residual: in exact arithmetic, an eigenvalue lies within this distance. */
  residual: number;
  /** Error that float32 arithmetic may add to the residual. */
  noise: number;
  /** Standard error over the data. */
  data?: number;
}

/**
 * Draws nested horizontal error bars. The thick bar shows the residual, a bar half as thick shows residual and float32
 * noise together, and a hairline with caps shows the standard error over the data. The caps are taller than the thick
 * bars, so that they always stand out.
 */
export function errorBars(theme: Theme): Plugin {
  return {
    id: 'errorBars',
    beforeDatasetsDraw(chart) {
      const { ctx } = chart;
      clipped(chart, () => {
        chart.data.datasets.forEach((dataset, index) => {
          if (!chart.isDatasetVisible(index)) return;
          ctx.strokeStyle = String(dataset.borderColor);
          for (const { x, y: row, residual, noise, data } of dataset.data as unknown as ErrorPoint[]) {
            const y = pixel(chart, 'y', row);
            const bar = (error: number, width: number): [number, number] => {
              const ends: [number, number] = [pixel(chart, 'x', x - error), pixel(chart, 'x', x + error)];
              ctx.lineWidth = width;
              line(ctx, ends[0], y, ends[1], y);
              return ends;
            };
            if (data !== undefined && data > 0) {
              for (const cap of bar(data, theme.highContrast ? 2 : 1)) line(ctx, cap, y - 5, cap, y + 5);
            }
            if (residual + noise > 0) bar(residual + noise, 3);
            if (residual > 0) bar(residual, theme.highContrast ? 7 : 6);
          }
        });
      });
    },
  };
}

/** Draws one short tick per value along the lower edge, each with its own opacity. */
export function rug(values: readonly { at: number; opacity: number }[], color: string): Plugin {
  return {
    id: 'rug',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      clipped(chart, () => {
        ctx.strokeStyle = color;
        ctx.lineWidth = 1;
        for (const { at, opacity } of values) {
          const x = pixel(chart, 'x', at);
          ctx.globalAlpha = opacity;
          line(ctx, x, chartArea.bottom - 8, x, chartArea.bottom);
        }
      });
    },
  };
}

/** Draws a cross in a ring, first in wide black and then in thin white, so that it stands out on any colour. */
export function ringMark(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.save();
  for (const [width, color] of [
    [4.5, 'rgba(0, 0, 0, 0.75)'],
    [1.75, '#ffffff'],
  ] as const) {
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.moveTo(x - 2, y);
    ctx.lineTo(x + 2, y);
    ctx.moveTo(x, y - 2);
    ctx.lineTo(x, y + 2);
    ctx.stroke();
  }
  ctx.restore();
}

export function haloText(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color: string,
  halo: string,
): void {
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4;
  ctx.strokeStyle = halo;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
}

/** Draws inside the plotting area only, and leaves the context as it was. */
export function clipped(chart: Chart, draw: () => void): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.right - chartArea.left, chartArea.bottom - chartArea.top);
  ctx.clip();
  draw();
  ctx.restore();
}

export function pixel(chart: Chart, scale: 'x' | 'y', value: number): number {
  return chart.scales[scale].getPixelForValue(value);
}

export function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
