import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { SampleFlow } from '../graph/sampleFlow';
import { sampleAxisOf } from '../graph/sampleFlow';
import { sizeOf } from '../graph/tensor';

/** Collects figures, each a tensor of the graph, into one float32 vector, so that a run returns one output. */
export class FigureList {
  private readonly parts: Value[] = [];
  private length = 0;

  constructor(private readonly g: GraphBuilder) {}

  /** @returns where the elements lie in the vector */
  add(value: Value): Slot {
    const count = sizeOf(value.shape);
    const slot = { start: this.length, count };
    this.parts.push(this.g.reshape(this.g.cast(value, 'float32'), [count]));
    this.length += count;
    return slot;
  }

  /** All figures, [length]. */
  get vector(): Value {
    return this.g.concat(this.parts, 0);
  }
}

/** The place of a figure in the vector. */
export interface Slot {
  start: number;
  count: number;
}

/** A sum of squares m²·Σ(x/m)² as m and Σ(x/m)², so that squares of small numbers do not underflow in float32. */
export interface SquareSlots {
  largest: Slot;
  squares: Slot;
}

const axesOf = ({ shape }: Value, except: number | null) => [...shape.keys()].filter((axis) => axis !== except);

/** The largest |x|, a scalar, and x divided by it; x itself where all is zero. */
export function scaled(g: GraphBuilder, x: Value): { largest: Value; share: Value } {
  const size = g.unary('Abs', x);
  const axes = axesOf(x, null);
  const largest = axes.length > 0 ? g.apply('ReduceMax', [size], { axes, keepdims: false }) : size;
  const divisor = g.where(g.greater(largest, g.like(largest, 0)), largest, g.like(largest, 1));
  return { largest, share: g.div(x, divisor) };
}

/** Sums over all axes but that of the units: [units], or [1] without one. */
export function perUnit(g: GraphBuilder, x: Value, units: number | null): Value {
  const axes = axesOf(x, units);
  const sum = axes.length > 0 ? g.sum(x, axes) : x;
  return g.reshape(sum, [sizeOf(sum.shape)]);
}

/** Largest values over all axes but that of the units. */
export function largestPerUnit(g: GraphBuilder, x: Value, units: number | null): Value {
  const axes = axesOf(x, units);
  const most = axes.length > 0 ? g.apply('ReduceMax', [x], { axes, keepdims: false }) : x;
  return g.reshape(most, [sizeOf(most.shape)]);
}

/** Adds Σx² over all elements. */
export function addSquares(g: GraphBuilder, list: FigureList, x: Value): SquareSlots {
  const { largest, share } = scaled(g, x);
  return { largest: list.add(largest), squares: list.add(g.sum(g.square(share))) };
}

/**
 * The weight of the sample that each element belongs to, in a shape that broadcasts with the value. Where samples are
 * mixed, every element counts alike, with the mean weight.
 * @param weights of the samples of the batch, [batch], float32
 */
export function elementWeights(g: GraphBuilder, value: Value, flow: SampleFlow, weights: Value): Value {
  const [batch] = weights.shape;
  const place = typeof flow === 'number' ? sampleAxisOf(value.shape, flow, batch) : null;
  if (!place) return g.scale(g.sum(weights), 1 / batch);
  const { axis, inner } = place;
  const length = value.shape[axis];
  const outer = length / (batch * inner);
  const spread = g.expand(g.reshape(weights, [1, batch, 1]), [outer, batch, inner]);
  return g.reshape(
    spread,
    value.shape.map((_, i) => (i === axis ? length : 1)),
  );
}
