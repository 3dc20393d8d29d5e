import type { Chart, ChartConfiguration } from 'chart.js';
import type { Plane } from '../../src/report/report';
import { describeDirection } from '../directions';
import type { Theme } from '../theme';
import { axis, tooltip } from './axis';
import { COLOR_BAR_ROOM, colorBar } from './colorBar';
import { colorScale, cssColor, viridis } from './colorMap';
import type { ColorScale } from './colorMap';
import { contourLayer } from './contourLayer';
import { contourLevels, planeContours } from './contours';
import { hatchedCells } from './hatching';
import { pixel } from './marks';
import { brokenCells, brokenNeighbourhoods, cellEdges, cellText, ends, planeCells } from './planeCells';
import type { PlaneCell } from './planeCells';
import { measuredDots, planeMarks } from './planeMarks';

export interface PlaneView {
  view: 'contour' | 'heat';
  scale: 'log' | 'linear';
  /** Shows dots where the loss was measured, in a plane that is partly interpolated. */
  points: boolean;
}

/**
 * Draws the loss over θ + α·d₁ + β·d₂. "Heat map" paints every point as a cell of its own; "contour" interpolates
 * between the points. In both, a tooltip shows the loss at the pointer and whether it was measured. Cells whose loss is
 * not finite are hatched.
 */
export function planeChart(
  plane: Plane,
  { view, scale: wanted, points }: PlaneView,
  theme: Theme,
): ChartConfiguration<'matrix', PlaneCell[]> {
  const scale = colorScale(plane.loss.flat(), wanted);
  const levels = contourLevels(scale);
  const cells = planeCells(plane);
  const range = view === 'heat' ? cellEdges : ends;
  const [xRange, yRange] = [range(plane.x.values), range(plane.y.values)];
  const extent = (chart: Chart, which: 'x' | 'y', cell: PlaneCell | undefined): number => {
    if (!cell || !chart.scales[which]) return 0;
    const [from, to] = which === 'x' ? [cell.x, cell.right] : [cell.y, cell.top];
    // Cells overlap by one pixel, which hides the seams between cells whose edges fall inside a pixel.
    return Math.abs(pixel(chart, which, to) - pixel(chart, which, from)) + 1;
  };
  return {
    type: 'matrix',
    data: {
      datasets: [
        {
          label: 'loss',
          data: cells,
          anchorX: 'left',
          anchorY: 'bottom',
          width: ({ chart, dataIndex }) => extent(chart, 'x', cells[dataIndex]),
          height: ({ chart, dataIndex }) => extent(chart, 'y', cells[dataIndex]),
          backgroundColor: ({ dataIndex }) =>
            view === 'heat' ? fillOf(scale, cells[dataIndex]?.loss ?? NaN) : 'transparent',
          borderWidth: 0,
          hoverBackgroundColor: ({ dataIndex }) =>
            view === 'heat' ? fillOf(scale, cells[dataIndex]?.loss ?? NaN) : 'transparent',
          hoverBorderColor: '#ffffff',
          hoverBorderWidth: 2,
        },
      ],
    },
    options: {
      animation: false,
      layout: { padding: { right: COLOR_BAR_ROOM } },
      scales: {
        x: axis(`α × d₁ (${describeDirection(plane.x.direction).short})`, theme, 'linear', {
          min: xRange[0],
          max: xRange[1],
          grid: false,
          // The matrix controller turns both of these on by default.
          offset: false,
          reverse: false,
        }),
        y: axis(`β × d₂ (${describeDirection(plane.y.direction).short})`, theme, 'linear', {
          min: yRange[0],
          max: yRange[1],
          grid: false,
          offset: false,
          reverse: false,
        }),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip(theme),
          callbacks: { title: () => '', label: ({ dataIndex }) => cellText(cells[dataIndex]) },
        },
      },
    },
    plugins: [
      ...(view === 'contour' ? [contourLayer(planeContours(plane, scale, levels), scale, theme)] : []),
      hatchedCells(view === 'heat' ? brokenCells(plane) : brokenNeighbourhoods(plane), theme),
      ...(points && plane.evaluated ? [measuredDots(plane.evaluated, cells)] : []),
      planeMarks(plane),
      colorBar(
        scale,
        view === 'contour' ? levels : null,
        cells.some(({ loss }) => !Number.isFinite(loss)),
        theme,
      ),
    ],
  };
}

function fillOf(scale: ColorScale, loss: number): string {
  const position = scale.position(loss);
  return Number.isNaN(position) ? 'transparent' : cssColor(viridis(position));
}
