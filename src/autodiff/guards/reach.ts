import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';
import { constantOf } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { ARITHMETIC, COPIES_AND_SUMS, UNARY } from '../../graph/ops';
import { elementPlaces, scatterFlat } from '../../graph/places';
import { broadcastAxes } from '../../graph/shapes';
import { sizeOf, tensor } from '../../graph/tensor';
import type { Rule } from '../rule';
import { contextOf } from '../rule';
import { rules } from '../rules/table';

/**
 * Marks the elements of a tensor that are needed: float32, positive where an element is needed and 0 elsewhere, in the
 * tensor's shape or one that broadcasts to it. null means that all elements are needed.
 */
export type Need = Value | null;

/** A question about the operands of one operator. */
export interface Reaching {
  g: GraphBuilder;
  /** Elements of the result that are needed. */
  need: Need;
  /** Whether the need of each operand is asked for. */
  wanted: readonly boolean[];
  /** Returns the sources that a value is computed from. */
  sourcesOf: (value: Value) => Sources;
  /** Whether the zeros of a factor leave out the elements that they multiply. By default they do not. */
  masks?: (factor: Value) => boolean;
}

export interface Sources {
  parameters: boolean;
  data: boolean;
}

/** Computes, operand by operand, which elements an operator needs for the needed elements of its result. */
export function reach(node: Node, asked: Reaching): Need[] {
  const { g, need, masks } = asked;
  const found = choices[node.op]?.(g, node, need);
  if (found) return found;
  if (masks && isMasking(node, masks))
    return masked[node.op]!(node, { ...asked, need: need ?? g.scalar('float32', 1) });
  return need ? handOn(node, { ...asked, need }) : node.inputs.map(() => null);
}

type Choice = (g: GraphBuilder, node: Node, need: Need) => Need[];

/** Whether an operator takes some elements of its operands and leaves the others out. */
export const isChoice = (node: Node): boolean => node.op in choices;

/** Combines the needs of two readers. */
export function either(g: GraphBuilder, a: Need, b: Need): Need {
  if (!a || !b) return null;
  if (a === b || isZero(b)) return a;
  if (isZero(a)) return b;
  const [first, second] = [picked(a), picked(b)];
  // The two needs are opposite branches of one condition, so together they need the elements before the condition.
  if (first && second && first.condition === second.condition && first.holds !== second.holds) {
    if (first.need === second.need) return isOne(first.need) ? null : first.need;
  }
  return g.max(a, b);
}

/** Restricts a need to the elements where a condition holds, or where it does not. */
function where(g: GraphBuilder, condition: Value, holds: boolean, need: Need): Value {
  const known = need ?? g.scalar('float32', 1);
  const inner = picked(known);
  if (inner?.condition === condition) return inner.holds === holds ? known : g.scalar('float32', 0);
  const zero = g.scalar('float32', 0);
  return holds ? g.where(condition, known, zero) : g.where(condition, zero, known);
}

/** The inverse of `where`. */
function picked({ node }: Value): { condition: Value; holds: boolean; need: Value } | null {
  if (node?.op !== 'Where') return null;
  const [condition, a, b] = node.inputs;
  if (isZero(b)) return { condition, holds: true, need: a };
  return isZero(a) ? { condition, holds: false, need: b } : null;
}

const isZero = (x: Value) => isScalar(x, 0);
const isOne = (x: Value) => isScalar(x, 1);
const isScalar = (x: Value, number: number) => x.shape.length === 0 && Number(constantOf(x)?.data[0]) === number;

/** Reduces a need to the shape of a broadcast operand. An element is needed if any of its copies is. */
function broadcastNeed(g: GraphBuilder, need: Need, shape: readonly number[]): Need {
  if (!need) return null;
  const axes = broadcastAxes(shape, need.shape).filter((axis) => need.shape[axis] !== 1);
  const any = axes.length > 0 ? g.apply('ReduceMax', [need], { axes, keepdims: true }) : need;
  return any.shape.length > shape.length ? g.reshape(any, any.shape.slice(any.shape.length - shape.length)) : any;
}

const wholeOf = (g: GraphBuilder, need: Need, shape: readonly number[]) =>
  g.expand(need ?? g.scalar('float32', 1), shape);

/** Computes the needs of Max and Min: the winning operand, or both operands where they are equal. */
const ofTwo =
  (op: 'Less' | 'Greater'): Choice =>
  (g, { inputs: [a, b] }, need) =>
    [
      [a, b],
      [b, a],
    ].map(([x, other]) => broadcastNeed(g, where(g, g.binary(op, x, other), false, need), x.shape));

/** Needs the elements that are the largest or smallest of their row. */
const extremum: Choice = (g, node, need) => {
  const {
    inputs: [x],
    outputs: [y],
  } = node;
  const { axes, keepdims } = (node as Node<'ReduceMax'>).attributes;
  const spread = need && !keepdims && need.shape.length > 0 ? g.unsqueeze(wholeOf(g, need, y.shape), axes) : need;
  return [where(g, g.equal(x, keepdims ? y : g.unsqueeze(y, axes)), true, spread)];
};

/** Adds needs up at the positions from which the elements were taken. */
const scattered =
  (places: (g: GraphBuilder, node: Node) => Value): Choice =>
  (g, node, need) => [scatterFlat(g, wholeOf(g, need, node.outputs[0].shape), places(g, node), node.inputs[0].shape)];

const choices: { [O in Op]?: Choice } = {
  Where: (g, { inputs: [condition, a, b] }, need) => [
    null,
    broadcastNeed(g, where(g, condition, true, need), a.shape),
    broadcastNeed(g, where(g, condition, false, need), b.shape),
  ],
  Max: ofTwo('Less'),
  Min: ofTwo('Greater'),
  /** Relu does not need elements at 0, because its slope there is 0. */
  Relu: (g, { inputs: [x] }, need) => [where(g, g.greater(x, g.like(x, 0)), true, need)],
  Abs: (g, { inputs: [x] }, need) => [where(g, g.equal(x, g.like(x, 0)), false, need)],
  ReduceMax: extremum,
  ReduceMin: extremum,
  MaxPool: scattered((_, { outputs: [, indices] }) => indices),
  TopK: scattered((g, node) => {
    const {
      inputs: [x],
      outputs: [, indices],
    } = node;
    return elementPlaces(g, indices, x.shape, (node as Node<'TopK'>).attributes.axis);
  }),
};

/** Operators that need each element for the result at its position, or for the positions it is broadcast to. */
const ELEMENTWISE: ReadonlySet<Op> = new Set<Op>([...UNARY, ...ARITHMETIC, 'Cast']);
/** Linear operators whose transpose consists of copies and sums, so that it carries needs as it carries cotangents. */
const MOVES: ReadonlySet<Op> = new Set<Op>([...COPIES_AND_SUMS, 'CumSum']);

type Carried = (node: Node, asked: Reaching & { need: Value }) => Need[];

const handOn: Carried = (node, asked) => {
  const { g, need, wanted } = asked;
  const {
    op,
    inputs,
    outputs: [y],
  } = node;
  if (ELEMENTWISE.has(op)) return inputs.map((x, i) => (wanted[i] ? broadcastNeed(g, need, x.shape) : null));
  if (MOVES.has(op)) {
    const bars = (rules[op] as Rule).vjp(contextOf(g, node), [wholeOf(g, need, y.shape)], wanted);
    return inputs.map((_, i) => (wanted[i] ? bars[i] : null));
  }
  return products[op]?.(node, asked) ?? inputs.map(() => null);
};

/** Takes the largest need along some axes, which stay with length 1. */
function anyAlong(g: GraphBuilder, need: Value, axes: readonly number[]): Value {
  const long = axes.filter((axis) => need.shape[axis] > 1);
  return long.length > 0 ? g.apply('ReduceMax', [need], { axes: long, keepdims: true }) : need;
}

/** Gives a need as many axes as the result by adding axes of length 1. */
function ranked(g: GraphBuilder, need: Value, { shape }: Value): Value {
  return g.reshape(need, [...Array<number>(shape.length - need.shape.length).fill(1), ...need.shape]);
}

/**
 * Adjusts the need of an operand of a product. Weights are the same for all samples. If activations decide about their
 * need, as those of a rectifier after the product do, all weights count as needed. Otherwise the masked weights would
 * differ in each batch, and no runtime could pack them.
 */
function ofOperand(operand: Value, need: Need, { sourcesOf }: Reaching): Need {
  if (!need || sourcesOf(operand).data) return need;
  const { parameters, data } = sourcesOf(need);
  return parameters && data ? null : need;
}

const ofRows: Carried = (node, { g, need }) => {
  const { axis } = (node as Node<'Softmax'>).attributes;
  return [anyAlong(g, ranked(g, need, node.outputs[0]), [axis])];
};

const products: { [O in Op]?: Carried } = {
  Softmax: ofRows,
  LogSoftmax: ofRows,
  /** Needed rows of the result need rows of A, and needed columns need columns of B. */
  MatMul: (node, asked) => {
    const { g, need } = asked;
    const {
      inputs: [a, b],
      outputs: [y],
    } = node;
    const rank = y.shape.length;
    const known = ranked(g, need, y);
    const rows = broadcastNeed(g, anyAlong(g, known, [rank - 1]), [...a.shape.slice(0, -1), 1]);
    const columns = broadcastNeed(g, anyAlong(g, known, [rank - 2]), [...b.shape.slice(0, -2), 1, b.shape.at(-1)!]);
    return [ofOperand(a, rows, asked), ofOperand(b, columns, asked)];
  },
  /** Needs every input channel at the positions that a needed result reads. */
  Conv: (node, asked) => {
    const {
      inputs: [x, w],
      outputs: [y],
      attributes,
    } = node as Node<'Conv'>;
    const bar = oneChannel(asked, y);
    const places = asked.g.apply('ConvInput', [bar, ones(asked.g, w)], {
      ...attributes,
      group: 1,
      input: x.shape.slice(2),
    });
    return [ofOperand(x, places, asked), null];
  },
  ConvInput: (node, asked) => {
    const {
      inputs: [y, w],
      outputs: [x],
      attributes,
    } = node as Node<'ConvInput'>;
    const { strides, pads, dilations } = attributes;
    return [
      ofOperand(y, asked.g.conv(oneChannel(asked, x), ones(asked.g, w), { strides, pads, dilations, group: 1 }), asked),
      null,
    ];
  },
};

/** Whether a node multiplies by a factor whose zeros leave elements out. */
export const isMasking = ({ op, inputs }: Node, masks: (factor: Value) => boolean): boolean =>
  op in masked && inputs.some(masks);

/** Marks with 1 (float32) where a factor is not zero, or everywhere if the factor is not a mask. */
function nonzero(g: GraphBuilder, factor: Value, { masks }: Reaching): Value {
  const [one, zero] = [g.scalar('float32', 1), g.scalar('float32', 0)];
  return masks?.(factor) ? g.where(g.equal(factor, g.like(factor, 0)), zero, one) : one;
}

/** Computes the needs of products with a mask. Elements that a zero multiplies are not needed. */
const masked: { [O in Op]?: Carried } = {
  Mul: ({ inputs: [a, b] }, asked) => {
    const { g, need } = asked;
    const of = (x: Value, factor: Value) => broadcastNeed(g, g.mul(need, nonzero(g, factor, asked)), x.shape);
    return [of(a, b), of(b, a)];
  },
  /** An element of A is needed if a needed result multiplies it by a nonzero factor; the same holds for B. */
  MatMul: ({ inputs: [a, b], outputs: [y] }, asked) => {
    const { g } = asked;
    const known = wholeOf(g, asked.need, y.shape);
    const of = (x: Value) => g.expand(nonzero(g, x, asked), x.shape);
    return [
      broadcastNeed(g, g.matmul(known, g.swapLast(of(b))), a.shape),
      broadcastNeed(g, g.matmul(g.swapLast(of(a)), known), b.shape),
    ];
  },
};

/** Merges the needs of all channels into one, [N, 1, …]. */
function oneChannel({ g, need }: { g: GraphBuilder; need: Value }, y: Value): Value {
  return g.expand(anyAlong(g, ranked(g, need, y), [1]), [y.shape[0], 1, ...y.shape.slice(2)]);
}

/** Creates a kernel of ones for a single channel. */
function ones(g: GraphBuilder, { shape: [, , ...kernel] }: Value): Value {
  return g.constant(tensor('float32', [1, 1, ...kernel], Array<number>(sizeOf(kernel)).fill(1)));
}
