import type { Plugin } from 'chart.js';
import type { Theme } from '../theme';
import { clipped, pixel } from './marks';
import type { Area } from './planeCells';

/** Hatches the areas where the loss is not finite. */
export function hatchedCells(areas: readonly Area[], theme: Theme): Plugin<'matrix'> {
  return {
    id: 'hatchedCells',
    beforeDatasetsDraw(chart) {
      clipped(chart, () => {
        for (const area of areas) {
          const [left, right] = [pixel(chart, 'x', area.left), pixel(chart, 'x', area.right)];
          const [bottom, top] = [pixel(chart, 'y', area.bottom), pixel(chart, 'y', area.top)];
          hatch(chart.ctx, left, top, right - left, bottom - top, theme);
        }
      });
    },
  };
}

/** Draws diagonal lines at fixed positions on the canvas, so that neighbouring cells join into one hatched area. */
export function hatch(
  ctx: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
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
  ctx.stroke();
  ctx.restore();
}
