import { contours } from 'd3-contour';
import type { Plane } from '../../src/report/report';
import { formatNumber } from '../../src/text/numbers';
import type { ColorScale } from './colorMap';

export interface Point {
  x: number;
  y: number;
}

/** One level: the areas where the loss is at least `value`, and their outlines without the parts along the border. */
export interface Contour {
  value: number;
  areas: Point[][];
  lines: Point[][];
}

/** Chooses levels with equal steps in colour, rounded to short labels. The ends of the scale get no level. */
export function contourLevels(scale: ColorScale, count = 12): number[] {
  if (!(scale.max > scale.min)) return [];
  const levels = Array.from({ length: count }, (_, i) => scale.value((i + 1) / (count + 1)));
  const spacing = Math.min(...levels.map((level, i) => Math.abs((levels[i + 1] ?? scale.max) - level)));
  const rounded = levels.map((level) => {
    // Two digits make short labels. Close levels get more digits, since they would otherwise round to the same value.
    const digits = Math.max(2, Math.ceil(Math.log10(Math.abs(level) / spacing)) + 1);
    return Number(level.toPrecision(Math.min(digits, 12)));
  });
  return [...new Set(rounded)].filter((level) => level > scale.min && level < scale.max);
}

export function contourLabel(value: number): string {
  return formatNumber(value, 3);
}

/**
 * Traces the contours of a plane by marching squares, in the plane's own coordinates (α, β). The interpolation between
 * samples runs on the colour scale: on a log scale it is the logarithm of the loss that is smooth.
 * A sample that is not finite counts as larger than all others, so that its surroundings get a border. The chart
 * hatches them.
 */
export function planeContours(plane: Plane, scale: ColorScale, levels: readonly number[]): Contour[] {
  const [columns, rows] = [plane.x.values.length, plane.y.values.length];
  if (columns < 2 || rows < 2) return [];
  const positions = plane.loss.flat().map((value) => {
    const position = scale.position(value);
    // The position is finite so that interpolation towards it is, too. It lies one colour range above the top.
    return Number.isNaN(position) ? 2 : position;
  });
  const generator = contours().size([columns, rows]).smooth(true);
  const toPoint = ([column, row]: number[]): Point => ({
    x: atGridPosition(plane.x.values, column! - 0.5),
    y: atGridPosition(plane.y.values, row! - 0.5),
  });
  return levels.map((value) => {
    const rings = generator.contour(positions, scale.position(value)).coordinates.flat();
    return {
      value,
      areas: rings.map((ring) => ring.map(toPoint)),
      lines: rings.flatMap((ring) => withoutBorder(ring, columns, rows)).map((part) => part.map(toPoint)),
    };
  });
}

/** Interpolates the value at a fractional index. Beyond the ends, the first and the last spacing continue. */
export function atGridPosition(values: readonly number[], index: number): number {
  const last = values.length - 1;
  const left = Math.min(Math.max(Math.floor(index), 0), last - 1);
  return values[left] + (index - left) * (values[left + 1] - values[left]);
}

/**
 * Cuts the parts of a ring that lie outside the outermost samples. d3 closes every ring there, where nothing was
 * measured, whereas a contour line should end at the outermost samples.
 */
function withoutBorder(ring: number[][], columns: number, rows: number): number[][][] {
  const outside = ([x, y]: number[]): boolean => x! < 0.5 || y! < 0.5 || x! > columns - 0.5 || y! > rows - 0.5;
  const parts: number[][][] = [];
  let part: number[][] = [];
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [from, to] = [ring[i], ring[i + 1]];
    if (outside(from) || outside(to)) {
      if (part.length > 1) parts.push(part);
      part = [];
    } else {
      if (part.length === 0) part.push(from);
      part.push(to);
    }
  }
  if (part.length > 1) parts.push(part);
  return parts;
}
