import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import type { MatrixDataPoint } from 'chartjs-chart-matrix';
import type { Plane } from '../../src/report/report';
import { describeDirection } from '../directions';
import { formatNumber, formatPercent } from '../format';
import { lossText } from '../interpolation';
import type { Theme } from '../theme';
import { axis, tooltip } from './axis';
import { colorScale, cssColor, viridis } from './colorMap';
import type { ColorScale } from './colorMap';
import { atGridPosition, contourLabel, contourLevels, planeContours } from './contours';
import type { Contour, Point } from './contours';
import { clipped, haloText, pixel, ringMark } from './marks';

export interface PlaneView {
  view: 'contour' | 'heat';
  scale: 'log' | 'linear';
  /** Dots where the loss was measured, in a plane that is partly interpolated. */
  points: boolean;
}

export interface PlaneCell extends MatrixDataPoint {
  x: number;
  y: number;
  /** Far corner of the cell; (x, y) is the near one. */
  right: number;
  top: number;
  alpha: number;
  beta: number;
  loss: number;
  accuracy: number | undefined;
  /** Estimated error by interpolation, 0 where it was measured; undefined where everything was. */
  error: number | undefined;
}

/** Room for the colour bar beside the plotting area, in pixels. */
export const COLOR_BAR_ROOM = 96;

/**
 * Loss over θ + α·d₁ + β·d₂. "Heat map" paints every point as its own cell, "contour" interpolates between
 * them; both answer to the pointer with the value, and whether it was measured. Cells that are not finite are hatched.
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
    // A pixel of overlap hides the seams between cells whose edges fall within a pixel.
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
          // The matrix controller turns both on by default.
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

/** One cell per point, bounded halfway to its neighbours. */
export function planeCells({ x, y, loss, accuracy, error }: Plane): PlaneCell[] {
  const edges = (values: number[], index: number): [number, number] => [
    atGridPosition(values, index - 0.5),
    atGridPosition(values, index + 0.5),
  ];
  return y.values.flatMap((beta, row) =>
    x.values.map((alpha, column) => {
      const [left, right] = edges(x.values, column);
      const [bottom, top] = edges(y.values, row);
      return {
        x: left,
        y: bottom,
        right,
        top,
        alpha,
        beta,
        loss: loss[row]?.[column] ?? NaN,
        accuracy: accuracy?.[row]?.[column],
        error: error?.[row]?.[column],
      };
    }),
  );
}

/** One sentence for those who do not see the chart. */
export function planeSummary(plane: Plane): string {
  const measured = plane.evaluated?.flat();
  const cells = planeCells(plane).filter((_, index) => measured?.[index] ?? true);
  const finite = cells.filter(({ loss }) => Number.isFinite(loss));
  if (finite.length === 0) return 'No point of the plane has a finite loss.';
  const lowest = finite.reduce((a, b) => (b.loss < a.loss ? b : a));
  const highest = finite.reduce((a, b) => (b.loss > a.loss ? b : a));
  const centre = cells.find(({ alpha, beta }) => alpha === 0 && beta === 0);
  const where = ({ alpha, beta }: PlaneCell): string =>
    `α\u00a0=\u00a0${formatNumber(alpha, 3)}, β\u00a0=\u00a0${formatNumber(beta, 3)}`;
  const hidden = cells.length - finite.length;
  return [
    centre === lowest
      ? `The centre has the lowest of ${cells.length} measured losses, ${formatNumber(lowest.loss)}`
      : `Lowest of ${cells.length} measured losses: ${formatNumber(lowest.loss)} at ${where(lowest)}` +
        (centre ? `; the centre has ${formatNumber(centre.loss)}` : ''),
    `; highest: ${formatNumber(highest.loss)} at ${where(highest)}.`,
    hidden > 0 ? ` ${hidden} point${hidden === 1 ? ' is' : 's are'} not finite.` : '',
  ].join('');
}

export function cellText(cell: PlaneCell | undefined): string[] {
  if (!cell) return [];
  return [
    `α ${formatNumber(cell.alpha)}   β ${formatNumber(cell.beta)}`,
    ...lossText(cell.loss, 4, cell.error),
    ...(cell.accuracy === undefined ? [] : [`accuracy ${cell.error ? '≈ ' : ''}${formatPercent(cell.accuracy)}`]),
  ];
}

function fillOf(scale: ColorScale, loss: number): string {
  const position = scale.position(loss);
  return Number.isNaN(position) ? 'transparent' : cssColor(viridis(position));
}

function ends(values: readonly number[]): [number, number] {
  return [values[0]!, values.at(-1)!];
}

function cellEdges(values: readonly number[]): [number, number] {
  return [atGridPosition(values, -0.5), atGridPosition(values, values.length - 0.5)];
}

/** The middle colour of the band above a level. */
function bandColor(scale: ColorScale, levels: readonly number[], index: number): string {
  const edge = (i: number): number => scale.position(i < 0 ? scale.min : (levels[i] ?? scale.max));
  return cssColor(viridis((edge(index) + edge(index + 1)) / 2));
}

function contourLayer(levels: readonly Contour[], scale: ColorScale, theme: Theme): Plugin<'matrix'> {
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
        labelContours(chart, levels, scale, theme);
      });
    },
  };
}

/** A label on the longest line of every second level, where it has room. */
function labelContours(chart: Chart, levels: readonly Contour[], scale: ColorScale, theme: Theme): void {
  const { ctx, chartArea } = chart;
  const taken: Point[] = [{ x: pixel(chart, 'x', 0), y: pixel(chart, 'y', 0) }];
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
          taken.every((other) => Math.hypot((other.x - x) / 1.5, other.y - y) > 34),
      );
    if (!spot) continue;
    taken.push(spot);
    const bright = scale.position(value) > 0.62;
    haloText(ctx, text, spot.x, spot.y, bright ? '#101010' : '#ffffff', cssColor(viridis(scale.position(value))));
  }
}

interface Area {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

function brokenCells(plane: Plane): Area[] {
  return planeCells(plane)
    .filter(({ loss }) => !Number.isFinite(loss))
    .map(({ x, y, right, top }) => ({ left: x, right, bottom: y, top }));
}

/** Where contours cannot interpolate: everything up to the samples around one that is not finite. */
export function brokenNeighbourhoods({ x, y, loss }: Plane): Area[] {
  const around = (values: number[], index: number): [number, number] => [
    values[Math.max(index - 1, 0)]!,
    values[Math.min(index + 1, values.length - 1)]!,
  ];
  return loss.flatMap((row, j) =>
    row.flatMap((value, i) => {
      if (Number.isFinite(value)) return [];
      const [left, right] = around(x.values, i);
      const [bottom, top] = around(y.values, j);
      return [{ left, right, bottom, top }];
    }),
  );
}

function hatchedCells(areas: readonly Area[], theme: Theme): Plugin<'matrix'> {
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

/** Diagonal lines in page coordinates, so that neighbouring cells join into one hatched area. */
function hatch(
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

/** Where the loss was measured: dots small enough to leave the picture in sight, and clear of bright and dark alike. */
function measuredDots(evaluated: readonly (readonly boolean[])[], cells: readonly PlaneCell[]): Plugin<'matrix'> {
  const measured = evaluated.flat();
  return {
    id: 'measuredDots',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      // As large as the finest spacing allows, so that a fully refined part does not become a blot.
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

/** The centre θ itself. */
function planeMarks(plane: Plane): Plugin<'matrix'> {
  const inside = (values: readonly number[]): boolean => values[0]! <= 0 && values.at(-1)! >= 0;
  return {
    id: 'planeMarks',
    afterDatasetsDraw(chart) {
      if (!inside(plane.x.values) || !inside(plane.y.values)) return;
      clipped(chart, () => ringMark(chart.ctx, pixel(chart, 'x', 0), pixel(chart, 'y', 0), 6));
    },
  };
}

/** Colours and their losses, to the right of the plotting area, and what hatching means. */
function colorBar(
  scale: ColorScale,
  levels: readonly number[] | null,
  hasBroken: boolean,
  theme: Theme,
): Plugin<'matrix'> {
  return {
    id: 'colorBar',
    afterDraw(chart) {
      const { ctx, chartArea } = chart;
      const [left, width] = [chartArea.right + 16, 12];
      const top = chartArea.top + 20;
      const bottom = chartArea.bottom - (hasBroken ? 34 : 0);
      const at = (t: number): number => bottom - t * (bottom - top);
      ctx.save();
      ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
      ctx.textBaseline = 'alphabetic';
      ctx.fillStyle = theme.muted;
      ctx.fillText(scale.kind === 'log' ? 'loss, log' : 'loss', left, chartArea.top + 10);
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
      if (hasBroken) {
        hatch(ctx, left, chartArea.bottom - 14, width, 12, theme);
        ctx.fillStyle = theme.muted;
        ctx.fillText('not finite', left + width + 6, chartArea.bottom - 8);
      }
      ctx.restore();
    },
  };
}
