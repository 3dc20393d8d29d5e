import type { Plugin } from 'chart.js';
import type { Theme } from '../theme';
import type { BrokenKind, BrokenRegions } from './brokenRegions';
import { clipped, pixel } from './marks';

/** Hatches and outlines the areas where the loss is not finite. */
export function hatchedCells({ areas, outline }: BrokenRegions, theme: Theme): Plugin<'matrix'> {
  return {
    id: 'hatchedCells',
    beforeDatasetsDraw(chart) {
      const { ctx } = chart;
      clipped(chart, () => {
        for (const { kind, ...area } of areas) {
          const [left, right] = [pixel(chart, 'x', area.left), pixel(chart, 'x', area.right)];
          const [bottom, top] = [pixel(chart, 'y', area.bottom), pixel(chart, 'y', area.top)];
          hatch(ctx, left, top, right - left, bottom - top, kind, theme);
        }
        ctx.beginPath();
        for (const { from, to } of outline) {
          ctx.moveTo(pixel(chart, 'x', from[0]), pixel(chart, 'y', from[1]));
          ctx.lineTo(pixel(chart, 'x', to[0]), pixel(chart, 'y', to[1]));
        }
        ctx.lineCap = 'square';
        ctx.lineWidth = theme.highContrast ? 2.5 : 1.5;
        ctx.strokeStyle = theme.foreground;
        ctx.stroke();
      });
    },
  };
}

/**
 * Draws diagonal lines at fixed positions on the canvas, so that neighbouring cells join into one hatched area. NaN has
 * lines in one direction, ∞ in both.
 */
export function hatch(
  ctx: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  kind: BrokenKind,
  theme: Theme,
): void {
  const spacing = 6;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.fillStyle = theme.background;
  ctx.fillRect(left, top, width, height);
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = 1;
  ctx.beginPath();
  const [first, last] = [Math.floor((left + top) / spacing), Math.ceil((left + width + top + height) / spacing)];
  for (let k = first; k <= last; k += 1) {
    ctx.moveTo(k * spacing - top, top);
    ctx.lineTo(k * spacing - top - height, top + height);
  }
  if (kind === '∞') {
    const [lowest, highest] = [Math.floor((left - top - height) / spacing), Math.ceil((left + width - top) / spacing)];
    for (let k = lowest; k <= highest; k += 1) {
      ctx.moveTo(k * spacing + top, top);
      ctx.lineTo(k * spacing + top + height, top + height);
    }
  }
  ctx.stroke();
  ctx.restore();
}
