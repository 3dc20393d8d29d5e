import type { Chart, ChartConfiguration, ChartDataset, Plugin } from 'chart.js';
import type { Plane } from '../../src/report/report';
import { describeDirection } from '../directions';
import type { Theme } from '../theme';
import { axis, tooltip, zoom } from './axis';
import { brokenRegions } from './brokenRegions';
import { colorBar, colorBarRoom } from './colorBar';
import { colorScale, cssColor, viridis } from './colorMap';
import type { ColorScale } from './colorMap';
import { contourLayer } from './contourLayer';
import { contourLevels, planeContours } from './contours';
import { hatchedCells } from './hatching';
import { pixel } from './marks';
import { cellEdges, cellText, ends, planeCells } from './planeCells';
import type { PlaneCell } from './planeCells';
import { measuredDots, planeMarks } from './planeMarks';
import { pressPlane } from './planePress';
import { coveredBy, markLayer, pointDataset } from './planePoints';
import type { PlaneMarks } from './planePoints';

export interface PlaneView {
  view: 'contour' | 'heat';
  scale: 'log' | 'linear';
  /** Shows dots where the loss was measured, in a plane that is partly interpolated. */
  points: boolean;
  /** Losses that the colours span besides the plane's own, such as those of another plane beside it. */
  covers?: readonly number[];
  /** What the plane shows, with its sign or name; the loss where it is left out. */
  quantity?: string;
  /** What a tooltip says of a point; its place, loss and accuracy where it is left out. */
  describe?: (index: number) => string[];
  /** Models, minima, barriers or checkpoints on the plane. Where there are none, a ring marks θ. */
  marks?: PlaneMarks;
}

/**
 * Draws the loss over θ + α·d₁ + β·d₂. "Heat map" paints every point as a cell of its own; "contour" interpolates
 * between the points. In both, a tooltip shows the loss at the pointer and whether it was measured. Cells whose loss is
 * not finite are hatched.
 */
export function planeChart(
  plane: Plane,
  { view, scale: wanted, points, covers = [], quantity = 'loss', describe, marks }: PlaneView,
  theme: Theme,
): ChartConfiguration<'matrix', PlaneCell[]> {
  const scale = colorScale([...plane.loss.flat(), ...lossesOf(marks), ...covers], wanted);
  const levels = contourLevels(scale);
  const cells = planeCells(plane);
  const broken = brokenRegions(plane, view);
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
          label: quantity,
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
        // Charts of cells and points are one chart to the library, but not to its types.
        ...(marks ? [pointDataset(marks) as unknown as ChartDataset<'matrix', PlaneCell[]>] : []),
      ],
    },
    options: {
      animation: false,
      interaction: { mode: 'point' },
      onClick: ({ x, y }, hits, chart) => {
        const hit = hits.find(({ datasetIndex }) => datasetIndex > 0);
        pressPlane(plane, marks, hit?.index, placeAt(chart, { x, y }));
      },
      layout: { padding: { right: colorBarRoom(scale, theme) } },
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
        zoom: zoom('xy', theme),
        tooltip: {
          ...tooltip(theme),
          // Where a point lies on a cell, only the point is told: the loss of the plane there is not its own. Of cells,
          // which overlap by a pixel, one is told.
          filter: ({ datasetIndex }, index, items) =>
            datasetIndex === Math.max(...items.map((item) => item.datasetIndex)) && (datasetIndex > 0 || index === 0),
          callbacks: {
            title: () => '',
            label: ({ datasetIndex, dataIndex }) =>
              datasetIndex === 0
                ? (describe?.(dataIndex) ?? cellText(cells[dataIndex], quantity))
                : [...(marks?.points[dataIndex]?.text ?? [])],
          },
        },
      },
    },
    plugins: [
      ...(view === 'contour'
        ? [contourLayer(planeContours(plane, scale, levels), scale, marks ? coveredBy(marks) : [], theme)]
        : []),
      hatchedCells(broken, theme),
      ...(marks?.hover ? [hovering(marks.hover)] : []),
      ...(points && plane.evaluated ? [measuredDots(plane.evaluated, cells)] : []),
      marks ? markLayer(marks, scale, theme) : planeMarks(plane),
      colorBar(scale, quantity, view === 'contour' ? levels : null, broken.kinds, theme),
    ],
  };
}

/** Tells of the place under the pointer. */
function hovering(hover: NonNullable<PlaneMarks['hover']>): Plugin<'matrix'> {
  return {
    id: 'hovering',
    afterEvent(chart, { event }) {
      hover(event.type === 'mouseout' ? null : placeAt(chart, event));
    },
  };
}

/** The place of a pointer on the plane; null outside of it. */
function placeAt(chart: Chart, { x, y }: { x: number | null; y: number | null }): { x: number; y: number } | null {
  const [across, up] = [chart.scales['x'], chart.scales['y']];
  if (!across || !up || x === null || y === null) return null;
  if (x < across.left || x > across.right || y < up.top || y > up.bottom) return null;
  return { x: across.getValueForPixel(x) ?? NaN, y: up.getValueForPixel(y) ?? NaN };
}

/** The losses of points off the plane may lie outside the range of the plane's own. */
export function lossesOf(marks: PlaneMarks | undefined): number[] {
  return marks?.points.flatMap(({ loss }) => loss ?? []) ?? [];
}

function fillOf(scale: ColorScale, loss: number): string {
  const position = scale.position(loss);
  return Number.isNaN(position) ? 'transparent' : cssColor(viridis(position));
}
