import type { Plugin } from 'chart.js';
import type { Plane } from '../../src/report/report';
import { clipped, pixel, ringMark } from './marks';
import type { PlaneCell } from './planeCells';

/** Draws a dot wherever the loss was measured, small enough not to hide the plane and visible on every colour. */
export function measuredDots(
  evaluated: readonly (readonly boolean[])[],
  cells: readonly PlaneCell[],
): Plugin<'matrix'> {
  const measured = evaluated.flat();
  return {
    id: 'measuredDots',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      // The radius follows the finest spacing, so that the dots of a fully refined part do not merge.
      const spacing = Math.min(chartArea.width, chartArea.height) / Math.max(Math.sqrt(cells.length) - 1, 1);
      const radius = Math.min(Math.max(spacing / 9, 0.6), 1.4);
      clipped(chart, () => {
        ctx.beginPath();
        cells.forEach(({ alpha, beta }, index) => {
          if (!measured[index]) return;
          const [x, y] = [pixel(chart, 'x', alpha), pixel(chart, 'y', beta)];
          ctx.moveTo(x + radius, y);
          ctx.arc(x, y, radius, 0, 2 * Math.PI);
        });
        ctx.strokeStyle = 'rgba(0, 0, 0, 0.35)';
        ctx.lineWidth = radius;
        ctx.stroke();
        ctx.fillStyle = 'rgba(255, 255, 255, 0.8)';
        ctx.fill();
      });
    },
  };
}

/** Marks the centre, which is θ itself. */
export function planeMarks(plane: Plane): Plugin<'matrix'> {
  const inside = (values: readonly number[]): boolean => values[0] <= 0 && values.at(-1)! >= 0;
  return {
    id: 'planeMarks',
    afterDatasetsDraw(chart) {
      if (!inside(plane.x.values) || !inside(plane.y.values)) return;
      clipped(chart, () => ringMark(chart.ctx, pixel(chart, 'x', 0), pixel(chart, 'y', 0), 6));
    },
  };
}
