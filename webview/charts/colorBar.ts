import type { Plugin } from 'chart.js';
import { formatNumber } from '../../src/text/numbers';
import type { Theme } from '../theme';
import type { BrokenKind } from './brokenRegions';
import { cssColor, viridis } from './colorMap';
import type { ColorScale } from './colorMap';
import { hatch } from './hatching';

/** Width of the space for the colour bar beside the plotting area, in pixels. */
export const COLOR_BAR_ROOM = 96;

/** Draws the colour bar to the right of the plotting area: colours, their values, and the meaning of hatching. */
export function colorBar(
  scale: ColorScale,
  quantity: string,
  levels: readonly number[] | null,
  broken: readonly BrokenKind[],
  theme: Theme,
): Plugin<'matrix'> {
  return {
    id: 'colorBar',
    afterDraw(chart) {
      const { ctx, chartArea } = chart;
      const [left, width] = [chartArea.right + 16, 12];
      const top = chartArea.top + 20;
      const bottom = chartArea.bottom - (broken.length > 0 ? 16 + 18 * broken.length : 0);
      const at = (t: number): number => bottom - t * (bottom - top);
      ctx.save();
      ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
      ctx.textBaseline = 'alphabetic';
      ctx.fillStyle = theme.muted;
      ctx.fillText(scale.kind === 'log' ? `${quantity}, log` : quantity, left, chartArea.top + 10);
      if (levels) {
        for (let i = -1; i < levels.length; i += 1) {
          const [from, to] = [scale.position(levels[i] ?? scale.min), scale.position(levels[i + 1] ?? scale.max)];
          ctx.fillStyle = bandColor(scale, levels, i);
          ctx.fillRect(left, at(to), width, at(from) - at(to) + 0.5);
        }
      } else {
        for (let y = top; y < bottom; y += 1) {
          ctx.fillStyle = cssColor(viridis((bottom - y) / (bottom - top)));
          ctx.fillRect(left, y, width, 1.5);
        }
      }
      ctx.fillStyle = theme.muted;
      ctx.textBaseline = 'middle';
      for (const t of [0, 0.25, 0.5, 0.75, 1]) {
        ctx.fillText(formatNumber(scale.value(t), 3), left + width + 6, Math.min(Math.max(at(t), top + 4), bottom - 4));
      }
      broken.forEach((kind, index) => {
        const y = chartArea.bottom - 14 - 18 * (broken.length - 1 - index);
        hatch(ctx, left, y, width, 12, kind, theme);
        ctx.fillStyle = theme.muted;
        ctx.fillText(kind, left + width + 6, y + 6);
      });
      ctx.restore();
    },
  };
}

/** Returns the middle colour of the band above a level. Index −1 is the band below the first level. */
export function bandColor(scale: ColorScale, levels: readonly number[], index: number): string {
  const edge = (i: number): number => scale.position(i < 0 ? scale.min : (levels[i] ?? scale.max));
  return cssColor(viridis((edge(index) + edge(index + 1)) / 2));
}
