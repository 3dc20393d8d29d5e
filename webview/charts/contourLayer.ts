import type { Chart, Plugin } from 'chart.js';
import type { Theme } from '../theme';
import { bandColor } from './colorBar';
import { cssColor, viridis } from './colorMap';
import type { ColorScale } from './colorMap';
import { contourLabel } from './contours';
import type { Contour, Point } from './contours';
import { clipped, haloText, pixel } from './marks';

/** Fills the bands between levels from low to high, draws the contour lines, and labels them where there is room. */
export function contourLayer(
  levels: readonly Contour[],
  scale: ColorScale,
  marked: readonly Point[],
  theme: Theme,
): Plugin<'matrix'> {
  const values = levels.map(({ value }) => value);
  return {
    id: 'contours',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const trace = (points: Point[]): void =>
        points.forEach(({ x, y }, i) => {
          const [px, py] = [pixel(chart, 'x', x), pixel(chart, 'y', y)];
          if (i === 0) ctx.moveTo(px, py);
          else ctx.lineTo(px, py);
        });
      clipped(chart, () => {
        ctx.fillStyle = bandColor(scale, values, -1);
        ctx.fillRect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
        levels.forEach(({ areas }, index) => {
          ctx.beginPath();
          areas.forEach(trace);
          ctx.fillStyle = bandColor(scale, values, index);
          ctx.fill('evenodd');
        });
        ctx.lineJoin = 'round';
        ctx.strokeStyle = 'rgba(255, 255, 255, 0.55)';
        ctx.lineWidth = theme.highContrast ? 1.5 : 0.75;
        for (const { lines } of levels) {
          ctx.beginPath();
          lines.forEach(trace);
          ctx.stroke();
        }
        labelContours(chart, levels, scale, marked, theme);
      });
    },
  };
}

/** Half the width of a mark with what is written beside it, in pixels. */
const HALF_MARK = 34;

/** Writes a label on the longest line of each level, where the label fits and overlaps no mark and no other label. */
function labelContours(
  chart: Chart,
  levels: readonly Contour[],
  scale: ColorScale,
  marked: readonly Point[],
  theme: Theme,
): void {
  const { ctx, chartArea } = chart;
  const taken = [{ x: 0, y: 0 }, ...marked].map(({ x, y }) => ({
    x: pixel(chart, 'x', x),
    y: pixel(chart, 'y', y),
    halfWidth: HALF_MARK,
  }));
  ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (const { value, lines } of levels) {
    const text = contourLabel(value);
    const halfWidth = ctx.measureText(text).width / 2 + 6;
    const longest = lines.reduce<Point[]>((a, b) => (b.length > a.length ? b : a), []);
    const spot = longest
      .map(({ x, y }) => ({ x: pixel(chart, 'x', x), y: pixel(chart, 'y', y) }))
      .find(
        ({ x, y }) =>
          x > chartArea.left + halfWidth &&
          x < chartArea.right - halfWidth &&
          y > chartArea.top + 12 &&
          y < chartArea.bottom - 12 &&
          taken.every(
            (other) =>
              Math.abs(other.x - x) > other.halfWidth + halfWidth || Math.abs(other.y - y) > 2 * theme.fontSize,
          ),
      );
    if (!spot) continue;
    taken.push({ ...spot, halfWidth });
    const bright = scale.position(value) > 0.62;
    haloText(ctx, text, spot.x, spot.y, bright ? '#101010' : '#ffffff', cssColor(viridis(scale.position(value))));
  }
}
