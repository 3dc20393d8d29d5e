import type { Plugin } from 'chart.js';
import type { Line } from '../../src/report/report';
import { faded } from '../color';
import type { Theme } from '../theme';
import { brush, isOfLayer, sharedAlpha } from './brush';
import { clipped, line as stroke, pixel } from './marks';

/** Ids of the plugins that draw what another chart points at, by what they follow. */
export const BRUSHED = { layer: 'brushedLayer', place: 'brushedPlace' } as const;

/** Shades the rows of the layer that the reader chose. */
export function brushedLayer(rows: readonly { name: string }[], theme: Theme): Plugin<'bar'> {
  return {
    id: BRUSHED.layer,
    beforeDatasetsDraw(chart) {
      const { ctx, scales } = chart;
      const axis = scales['y'];
      if (!axis || brush.layer === null) return;
      const height = (axis.bottom - axis.top) / Math.max(rows.length, 1);
      ctx.save();
      ctx.fillStyle = faded(theme.series[5] ?? theme.foreground, theme.highContrast ? 0.5 : 0.25);
      rows.forEach(({ name }, row) => {
        if (isOfLayer(name, brush.layer)) ctx.fillRect(0, axis.getPixelForValue(row) - height / 2, chart.width, height);
      });
      ctx.restore();
    },
  };
}

/** Marks the point of a line that lies under the pointer on the plane, where both run along the same direction. */
export function brushedPlace({ direction, alpha, loss }: Line, theme: Theme): Plugin<'line'> {
  return {
    id: BRUSHED.place,
    afterDatasetsDraw(chart) {
      const at = brush.place && sharedAlpha(direction, brush.place);
      if (at === null || at < alpha[0] || at > alpha[alpha.length - 1]) return;
      const { ctx, chartArea } = chart;
      const x = pixel(chart, 'x', at);
      const height = pixel(chart, 'y', between(alpha, loss, at));
      clipped(chart, () => {
        ctx.strokeStyle = theme.foreground;
        ctx.lineWidth = 1.5;
        stroke(ctx, x, chartArea.top, x, chartArea.bottom);
        if (!Number.isFinite(height)) return;
        ctx.beginPath();
        ctx.arc(x, height, 5, 0, 2 * Math.PI);
        ctx.fillStyle = theme.background;
        ctx.fill();
        ctx.stroke();
      });
    },
  };
}

/** The value between two neighbours of ascending places. */
function between(places: readonly number[], values: readonly number[], at: number): number {
  const next = Math.max(
    1,
    places.findIndex((place) => place >= at),
  );
  const share = (at - places[next - 1]) / (places[next] - places[next - 1]);
  return (1 - share) * values[next - 1] + share * values[next];
}
