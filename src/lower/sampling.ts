import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';
import { counted } from '../graph/limits';

export const samplingLowerings: LoweringTable = { GridSample: gridSample, AffineGrid: affineGrid };

/** Cubic coefficient of GridSample, as PyTorch has it. */
const CUBIC = -0.75;

/** Each axis doubles the number of terms, or quadruples it in cubic mode. */
const MOST_AXES = 6;

/** One element near a sampling point along one axis: its index, as a float, and its weight. */
interface Tap {
  place: Value;
  weight: Value | null;
}

/**
 * x [N,C,…lengths] sampled at grid [N,…places, axes] of coordinates in [−1, 1], the last axis of x first.
 * The index of the point is a floor and has no derivative. The weights of its neighbours carry the derivative of the grid.
 */
function gridSample(c: LowerContext): Value {
  const { g, x } = c;
  const grid = c.input(1);
  const [batch, channels, ...lengths] = x.shape;
  const places = grid.shape.slice(1, -1);
  if (lengths.length > MOST_AXES) c.fail(`GridSample over ${lengths.length} axes; up to ${MOST_AXES} are supported.`);
  const align = c.int('align_corners', 0) === 1;
  const padding = c.string('padding_mode', 'zeros');
  // Before opset 20 the modes were called bilinear and bicubic.
  const mode = c.string('mode', 'linear').replace(/^bi/, '');
  const taps = lengths.map((length, axis) => {
    const column = lengths.length - 1 - axis;
    const unit = g.reshape(g.sliceAxis(grid, grid.shape.length - 1, column, column + 1), grid.shape.slice(0, -1));
    return tapsAround(g, unit, { length, align, padding, mode });
  });

  // Rows of x are elements with all their channels: [N·Πlengths, C].
  const rows = g.reshape(g.moveAxis(x, 1, x.shape.length - 1), [batch * sizeOf(lengths), channels]);
  const firstRow = g.indices(
    counted(batch, (n) => n * sizeOf(lengths)),
    [batch, ...places.map(() => 1)],
  );
  let y: Value | null = null;
  for (const combination of combinations(taps)) {
    let row = firstRow;
    let weight: Value | null = null;
    for (const [axis, tap] of combination.entries()) {
      const length = lengths[axis];
      const { index, inside } = padded(g, tap.place, { length, align, padding });
      row = g.add(row, g.mul(index, g.like(index, sizeOf(lengths.slice(axis + 1)))));
      for (const factor of [tap.weight, inside]) if (factor) weight = weight ? g.mul(weight, factor) : factor;
    }
    const picked = g.gather(rows, g.expand(row, [batch, ...places]), 0);
    const term: Value = weight ? g.mul(picked, g.unsqueeze(weight, [weight.shape.length])) : picked;
    y = y ? g.add(y, term) : term;
  }
  return g.moveAxis(y!, y!.shape.length - 1, 1);
}

interface Axis {
  length: number;
  align: boolean;
  padding: string;
}

/** Position of a coordinate in [−1, 1] on an axis, and the elements around it. */
function tapsAround(g: GraphBuilder, unit: Value, axis: Axis & { mode: string }): Tap[] {
  const { length, align, padding, mode } = axis;
  const shifted = g.shift(unit, 1);
  let at = align ? g.scale(shifted, (length - 1) / 2) : g.shift(g.scale(shifted, length / 2), -0.5);
  if (mode === 'nearest') at = g.unary('Round', at);
  if (padding === 'border') at = clamp(g, at, length);
  if (padding === 'reflection') at = reflect(g, at, axis);
  if (mode === 'nearest') return [{ place: g.unary('Round', at), weight: null }];
  const low = g.unary('Floor', at);
  const t = g.sub(at, low);
  const one = g.like(t, 1);
  if (mode !== 'cubic') {
    return [
      { place: low, weight: g.sub(one, t) },
      { place: g.shift(low, 1), weight: t },
    ];
  }
  return [-1, 0, 1, 2].map((offset) => ({
    place: g.shift(low, offset),
    weight: cubicWeight(
      g,
      offset <= 0 ? g.shift(t, -offset) : g.sub(g.like(t, offset), t),
      offset === 0 || offset === 1,
    ),
  }));
}

/** Keys' cubic of a distance below 1 (near) or between 1 and 2. */
function cubicWeight(g: GraphBuilder, distance: Value, near: boolean): Value {
  const a = CUBIC;
  const [d3, d2, d1, d0] = near ? [a + 2, -(a + 3), 0, 1] : [a, -5 * a, 8 * a, -4 * a];
  const square = g.square(distance);
  const powers = [g.scale(g.mul(square, distance), d3), g.scale(square, d2), g.scale(distance, d1)];
  return g.shift(
    powers.reduce((sum, term) => g.add(sum, term)),
    d0,
  );
}

/** The element that replaces a place beyond the axis and, for zero padding, whether there is one. */
function padded(g: GraphBuilder, place: Value, axis: Axis): { index: Value; inside: Value | null } {
  const { length, padding } = axis;
  if (padding === 'reflection') return { index: toIndex(g, reflect(g, place, axis), length), inside: null };
  const index = toIndex(g, place, length);
  if (padding === 'border') return { index, inside: null };
  const beyond = g.binary('Or', g.less(place, g.like(place, 0)), g.greater(place, g.like(place, length - 1)));
  return { index, inside: g.where(beyond, g.like(place, 0), g.like(place, 1)) };
}

const toIndex = (g: GraphBuilder, place: Value, length: number) => g.cast(clamp(g, place, length), 'int64');

function clamp(g: GraphBuilder, at: Value, length: number): Value {
  const [low, high] = [g.like(at, 0), g.like(at, length - 1)];
  const above = g.where(g.less(at, low), low, at);
  return g.where(g.greater(above, high), high, above);
}

/** A triangle wave between the first and the last element, or between their outer edges. */
function reflect(g: GraphBuilder, at: Value, { length, align }: Axis): Value {
  const low = align ? 0 : -0.5;
  const range = align ? length - 1 : length;
  if (range === 0) return g.scale(at, 0);
  const distance = g.unary('Abs', g.shift(at, -low));
  const folded = g.apply('Mod', [distance, g.like(at, 2 * range)], {});
  return g.sub(g.like(at, low + range), g.unary('Abs', g.shift(folded, -range)));
}

function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((prefix) => list.map((item) => [...prefix, item])), [[]]);
}

/** The points of a regular grid under an affine map: theta [N, axes, axes+1], size [N, C, …] → [N, …, axes]. */
function affineGrid(c: LowerContext): Value {
  const { g, x: theta } = c;
  const [batch, , ...lengths] = c.constants(1) ?? c.fail('AffineGrid without a size.');
  const align = c.int('align_corners', 0) === 1;
  const count = sizeOf(lengths);
  const axes = lengths.length;
  // Each row holds the coordinates of a point, the last axis first, and a 1.
  const points = counted(count * (axes + 1), (at) => {
    const [point, axis] = [Math.floor(at / (axes + 1)), axes - 1 - (at % (axes + 1))];
    if (axis < 0) return 1;
    const place = Math.floor(point / sizeOf(lengths.slice(axis + 1))) % lengths[axis];
    return unitCoordinate(place, lengths[axis], align);
  });
  const base = g.constant(tensor(theta.dtype, [count, axes + 1], points));
  return g.reshape(g.matmul(base, g.swapLast(theta)), [batch, ...lengths, axes]);
}

function unitCoordinate(i: number, length: number, align: boolean): number {
  if (align) return length === 1 ? 0 : -1 + (2 * i) / (length - 1);
  return (2 * i + 1) / length - 1;
}
