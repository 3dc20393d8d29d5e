import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import type { Theme } from '../theme';
import { cssColor, viridis } from './colorMap';
import type { ColorScale } from './colorMap';
import { clipped, haloText, line, pixel, ringMark } from './marks';

/** A place on a plane that has a meaning: the model itself, another one, a minimum, a barrier or a checkpoint. */
export interface PlaneMark {
  x: number;
  y: number;
  kind: 'centre' | 'model' | 'minimum' | 'barrier' | 'checkpoint' | 'measured';
  /** Stands beside the point where there is room. */
  label?: string;
  /** What a tooltip says of the point. */
  text: string[];
  /** The loss of the point itself, which colours it. Points without one are white. */
  loss?: number;
}

/** Points with the strokes between them. */
export interface PlaneMarks {
  points: readonly PlaneMark[];
  /** Joins the checkpoints in their order, as a path. */
  joined?: boolean;
  /** Index of the point that the reader chose. The chart reads it at every drawing. */
  chosen?: () => number;
  /** Called with the index of a point that the reader clicks. */
  choose?: (index: number) => void;
  /** Called with a place that the reader clicks where there is no point. */
  ask?: (at: { x: number; y: number }) => void;
  /** Called with the place under the pointer, and with null when it leaves the plane. */
  hover?: (at: { x: number; y: number } | null) => void;
  /** Places that are being measured. The chart reads them at every drawing. */
  pending?: () => readonly { x: number; y: number }[];
}

/** Radius of the area around a point that answers to the pointer, in pixels. */
const REACH = 7;

/**
 * The invisible points that answer to the pointer above the cells of the plane.
 * `markLayer` draws what is seen, since a point has a halo and a label besides.
 */
export function pointDataset({
  points,
}: PlaneMarks): ChartConfiguration<'scatter', PlaneMark[]>['data']['datasets'][0] {
  return {
    type: 'scatter',
    label: '',
    data: [...points],
    pointRadius: REACH,
    pointHoverRadius: REACH,
    pointBackgroundColor: 'transparent',
    pointBorderColor: 'transparent',
    pointHoverBorderColor: 'transparent',
    pointHoverBackgroundColor: 'transparent',
  };
}

/** Places at which a stroke between two checkpoints is held to cover the plane. */
const STROKE_PLACES = 12;

/** The places that points and the strokes between them cover, so that no label of a contour is written there. */
export function coveredBy({ points, joined }: PlaneMarks): { x: number; y: number }[] {
  const stops = joined ? points.filter(({ kind }) => kind === 'checkpoint') : [];
  const strokes = stops.slice(1).flatMap((to, i) => {
    const from = stops[i];
    return Array.from({ length: STROKE_PLACES - 1 }, (_, k) => {
      const share = (k + 1) / STROKE_PLACES;
      return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
    });
  });
  return [...points, ...strokes];
}

/** Draws the points above the plane: first in wide black and then in white, so that they stand out on any colour. */
export function markLayer(
  { points, joined, chosen, pending }: PlaneMarks,
  scale: ColorScale,
  theme: Theme,
): Plugin<'matrix'> {
  const fillOf = ({ loss }: PlaneMark): string => {
    const position = loss === undefined ? NaN : scale.position(loss);
    return Number.isNaN(position) ? '#ffffff' : cssColor(viridis(position));
  };
  return {
    id: 'planePoints',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      const at = ({ x, y }: { x: number; y: number }): [number, number] => [pixel(chart, 'x', x), pixel(chart, 'y', y)];
      clipped(chart, () => {
        ctx.lineJoin = 'round';
        if (joined) {
          ctx.beginPath();
          points
            .filter(({ kind }) => kind === 'checkpoint')
            .forEach((point, i) => (i === 0 ? ctx.moveTo(...at(point)) : ctx.lineTo(...at(point))));
          for (const [width, color] of [
            [4, 'rgba(0, 0, 0, 0.6)'],
            [1.5, '#ffffff'],
          ] as const) {
            ctx.lineWidth = width;
            ctx.strokeStyle = color;
            ctx.stroke();
          }
        }
        for (const point of points) {
          if (point.kind === 'centre') ringMark(ctx, ...at(point), 6);
          else if (point.kind === 'barrier') cross(ctx, ...at(point));
          else if (point.kind === 'minimum') diamond(ctx, ...at(point), 5);
          else if (point.kind === 'measured') numbered(ctx, ...at(point), point.label ?? '', theme);
          else disc(ctx, ...at(point), point.kind === 'model' ? 6 : 4, fillOf(point));
        }
        for (const place of pending?.() ?? []) dashedRing(ctx, ...at(place), 8);
        const selected = chosen && points[chosen()];
        if (selected) {
          disc(ctx, ...at(selected), 8, fillOf(selected));
        }
        writeLabels(chart, points, selected, theme);
      });
    },
  };
}

function disc(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number, color: string): void {
  ctx.beginPath();
  ctx.arc(x, y, radius + 2.5, 0, 2 * Math.PI);
  ctx.fillStyle = 'rgba(0, 0, 0, 0.75)';
  ctx.fill();
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = color;
  ctx.fill();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = '#ffffff';
  ctx.stroke();
}

function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.moveTo(x, y - radius);
  ctx.lineTo(x + radius, y);
  ctx.lineTo(x, y + radius);
  ctx.lineTo(x - radius, y);
  ctx.closePath();
  ctx.lineWidth = 4;
  ctx.strokeStyle = 'rgba(0, 0, 0, 0.75)';
  ctx.stroke();
  ctx.fillStyle = '#ffffff';
  ctx.fill();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  for (const [width, color] of [
    [5, 'rgba(0, 0, 0, 0.75)'],
    [2, '#ffffff'],
  ] as const) {
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    line(ctx, x - 4, y - 4, x + 4, y + 4);
    line(ctx, x - 4, y + 4, x + 4, y - 4);
  }
}

/** A white disc with a number, which a table lists. */
function numbered(ctx: CanvasRenderingContext2D, x: number, y: number, label: string, theme: Theme): void {
  disc(ctx, x, y, 7, '#ffffff');
  ctx.font = `700 ${theme.fontSize - 2}px ${theme.fontFamily}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillStyle = '#000000';
  ctx.fillText(label, x, y + 0.5);
}

function dashedRing(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  for (const [width, color] of [
    [4.5, 'rgba(0, 0, 0, 0.75)'],
    [2, '#ffffff'],
  ] as const) {
    ctx.setLineDash(width === 2 ? [4, 3] : []);
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Writes every label that covers no point and no other label; that of the chosen point always, and first. */
function writeLabels(chart: Chart, points: readonly PlaneMark[], chosen: PlaneMark | undefined, theme: Theme): void {
  const { ctx, chartArea } = chart;
  const size = theme.fontSize - 1;
  ctx.font = `600 ${size}px ${theme.fontFamily}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const places = points.map((point) => ({ point, x: pixel(chart, 'x', point.x), y: pixel(chart, 'y', point.y) }));
  const taken: Box[] = places.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  const order = [...places].sort((a, b) => Number(b.point === chosen) - Number(a.point === chosen));
  for (const { point, x, y } of order) {
    if (point.label === undefined || point.kind === 'measured') continue;
    const width = ctx.measureText(point.label).width;
    const gap = point === chosen ? 13 : 10;
    const spots = [
      [x + gap, y],
      [x - gap - width, y],
      [x - width / 2, y - gap - size / 2],
      [x - width / 2, y + gap + size / 2],
    ].map(([left, middle]) => ({ left, right: left + width, top: middle - size / 2, bottom: middle + size / 2 }));
    const free = spots.filter(
      ({ left, right, top, bottom }) =>
        left > chartArea.left && right < chartArea.right && top > chartArea.top && bottom < chartArea.bottom,
    );
    const spot =
      free.find((box) => !taken.some((other) => overlap(box, other))) ?? (point === chosen ? free[0] : undefined);
    if (!spot) continue;
    taken.push(spot);
    haloText(ctx, point.label, spot.left, (spot.top + spot.bottom) / 2, '#ffffff', 'rgba(0, 0, 0, 0.8)');
  }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
