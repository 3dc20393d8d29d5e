import type { Plugin } from 'chart.js';
import { formatNumber } from '../../src/text/numbers';
import type { Theme } from '../theme';
import type { BrokenKind } from './brokenRegions';
import { cssColor, viridis } from './colorMap';
import type { ColorScale } from './colorMap';
import { hatch } from './hatching';

/** Width of the space for the colour bar beside the plotting area, in pixels, where its values are short. */
export const COLOR_BAR_ROOM = 96;
/** Space between plotting area and colours, and width of the colours, in pixels. */
const [GAP, WIDTH] = [16, 12];
/** The values that stand beside the colours, as parts of the whole scale. */
const LABELLED = [0, 0.25, 0.5, 0.75, 1];

/** Width of the space that the colour bar needs. Powers of ten are long. */
export function colorBarRoom(scale: ColorScale, { fontSize }: Pick<Theme, 'fontSize'>): number {
  const longest = Math.max(...LABELLED.map((t) => label(scale, t).length));
  // A character is about 0.62 times as wide as it is high; a raised one is narrower.
  return Math.max(COLOR_BAR_ROOM, GAP + WIDTH + 8 + Math.ceil(longest * 0.62 * (fontSize - 2)));
}

function label(scale: ColorScale, t: number): string {
  return formatNumber(scale.value(t), 3);
}

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
      const [left, width] = [chartArea.right + GAP, WIDTH];
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
      for (const t of LABELLED) {
        ctx.fillText(label(scale, t), left + width + 6, Math.min(Math.max(at(t), top + 4), bottom - 4));
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
