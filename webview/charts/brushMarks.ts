import type { Plugin } from 'chart.js';
import type { Line } from '../../src/report/report';
import { faded } from '../color';
import type { Theme } from '../theme';
import { brush, isChosen, sharedAlpha } from './brush';
import { clipped, line as stroke, pixel } from './marks';

/** Ids of the plugins that draw what another chart points at, by what they follow. */
export const BRUSHED = { layer: 'brushedLayer', place: 'brushedPlace' } as const;

/** The colour of what belongs to the layer that the reader chose. */
const shade = (theme: Theme): string => faded(theme.series[5] ?? theme.foreground, theme.highContrast ? 0.5 : 0.25);

/** Width of the band over the depth of a layer, in pixels. */
const BAND = 14;

/** Shades the rows of the layer that the reader chose. */
export function brushedLayer(rows: readonly { name: string; of?: readonly string[] }[], theme: Theme): Plugin<'bar'> {
  return {
    id: BRUSHED.layer,
    beforeDatasetsDraw(chart) {
      const { ctx, scales } = chart;
      const axis = scales['y'];
      if (!axis || brush.layer === null) return;
      const height = (axis.bottom - axis.top) / Math.max(rows.length, 1);
      ctx.save();
      ctx.fillStyle = shade(theme);
      rows.forEach(({ name, of = [] }, row) => {
        if (isChosen([name, ...of])) ctx.fillRect(0, axis.getPixelForValue(row) - height / 2, chart.width, height);
      });
      ctx.restore();
    },
  };
}

/** Marks the points of courses that are about the layer that the reader chose: a band over its depth, and rings. */
export function brushedPoints(
  courses: readonly { points: readonly { x: number; of: readonly string[] }[] }[],
  theme: Theme,
): Plugin<'line'> {
  return {
    id: BRUSHED.layer,
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      if (brush.layer === null) return;
      const chosen = courses.flatMap(({ points }) => points.filter(({ of }) => isChosen(of)));
      clipped(chart, () => {
        ctx.fillStyle = shade(theme);
        for (const x of new Set(chosen.map((point) => point.x))) {
          ctx.fillRect(pixel(chart, 'x', x) - BAND / 2, chartArea.top, BAND, chartArea.bottom - chartArea.top);
        }
      });
    },
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      if (brush.layer === null) return;
      ctx.save();
      ctx.strokeStyle = theme.foreground;
      ctx.lineWidth = 1.5;
      courses.forEach(({ points }, course) => {
        if (!chart.isDatasetVisible(course)) return;
        const { data } = chart.getDatasetMeta(course);
        points.forEach(({ of }, i) => {
          const { x = NaN, y = NaN } = data[i] ?? {};
          if (!isChosen(of) || !Number.isFinite(y)) return;
          ctx.beginPath();
          ctx.arc(x, y, 5, 0, 2 * Math.PI);
          ctx.stroke();
        });
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
