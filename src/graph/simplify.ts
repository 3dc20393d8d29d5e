import type { Node, Value } from './graph';
import { isOp, splatOf } from './graph';
import type { ArithmeticOp, ComparisonOp, Op, OpAttributes } from './ops';
import { broadcastShapes } from './shapes';
import { isFloat } from './tensor';

type Simplification<O extends Op> = (g: Algebra, inputs: readonly Value[], attributes: OpAttributes[O]) => Value | null;

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The operators that simplifications use; a `GraphBuilder` provides them. */
export interface Algebra {
  binary(op: ArithmeticOp | ComparisonOp, a: Value, b: Value): Value;
  neg(x: Value): Value;
  sqrt(x: Value): Value;
  square(x: Value): Value;
  reciprocal(x: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  reshape(x: Value, shape: readonly number[]): Value;
  squeeze(x: Value, axes: readonly number[]): Value;
  transpose(x: Value, perm: readonly number[]): Value;
  expand(x: Value, shape: readonly number[]): Value;
  pad(x: Value, before: readonly number[], after: readonly number[], value?: number): Value;
  concat(values: readonly Value[], axis: number): Value;
  sum(x: Value, axes?: readonly number[], keepdims?: boolean): Value;
}

/** `x` in the result shape of an elementwise operator with `other`. */
const asBroadcast = (g: Algebra, x: Value, other: Value) => g.expand(x, broadcastShapes(x.shape, other.shape));

/** Removes an explicit broadcast, because the operator broadcasts without extra memory. */
function withoutExpand(x: Value, other: Value): Value | null {
  if (!isOp(x, 'Expand') || !sameShape(broadcastShapes(x.shape, other.shape), other.shape)) return null;
  return (x.node as Node).inputs[0];
}

/** Position of a tensor that is padded with zeros on one axis only; null for any other. */
function paddedAxis(x: Value): { axis: number; start: number; end: number; content: Value } | null {
  if (!isOp(x, 'Pad')) return null;
  const { before, after, value } = (x.node as Node<'Pad'>).attributes;
  const axes = before.flatMap((n, i) => (n !== 0 || after[i] !== 0 ? [i] : []));
  const [axis] = axes;
  if (value !== 0 || axes.length !== 1 || before[axis] < 0 || after[axis] < 0) return null;
  return { axis, start: before[axis], end: x.shape[axis] - after[axis], content: (x.node as Node).inputs[0] };
}

/**
 * The sum of two adjacent pieces is their concatenation. The cotangents of a tensor that was cut into n slices, each a piece
 * among zeros, thus become one tensor instead of n sums of whole tensors.
 */
function joinPads(g: Algebra, a: Value, b: Value): Value | null {
  const [left, right] = [paddedAxis(a), paddedAxis(b)];
  if (!left || !right || left.axis !== right.axis || left.end !== right.start || !sameShape(a.shape, b.shape))
    return null;
  const on = (n: number) => a.shape.map((_, i) => (i === left.axis ? n : 0));
  return g.pad(g.concat([left.content, right.content], left.axis), on(left.start), on(a.shape[left.axis] - right.end));
}

function droppingExpands(op: 'Add' | 'Sub' | 'Mul' | 'Div'): Simplification<typeof op> {
  return (g, [a, b]) => {
    const left = withoutExpand(a, b);
    if (left) return g.binary(op, left, b);
    const right = withoutExpand(b, a);
    return right ? g.binary(op, a, right) : null;
  };
}

/** Largest number of operands when nested concatenations are merged. */
const MOST_OPERANDS = 2 ** 12;

/** Identities that hold for every float, NaN and ∞ included; x·0 → 0 is not among them. */
const table: { [O in Op]?: Simplification<O> } = {
  Neg: (_, [x]) => (isOp(x, 'Neg') ? (x.node as Node).inputs[0] : null),
  Add: (g, [a, b]) => {
    if (splatOf(a) === 0) return asBroadcast(g, b, a);
    if (splatOf(b) === 0) return asBroadcast(g, a, b);
    if (isOp(b, 'Neg')) return g.sub(a, (b.node as Node).inputs[0]);
    const joined = joinPads(g, a, b) ?? joinPads(g, b, a);
    if (joined) return joined;
    return droppingExpands('Add')(g, [a, b], {});
  },
  Sub: (g, [a, b]) => (splatOf(b) === 0 ? asBroadcast(g, a, b) : droppingExpands('Sub')(g, [a, b], {})),
  Mul: (g, [a, b]) => {
    if (splatOf(a) === 1) return asBroadcast(g, b, a);
    if (splatOf(b) === 1) return asBroadcast(g, a, b);
    if (splatOf(a) === -1 && isFloat(a.dtype)) return g.neg(asBroadcast(g, b, a));
    if (splatOf(b) === -1 && isFloat(a.dtype)) return g.neg(asBroadcast(g, a, b));
    return droppingExpands('Mul')(g, [a, b], {});
  },
  Div: (g, [a, b]) => (splatOf(b) === 1 ? asBroadcast(g, a, b) : droppingExpands('Div')(g, [a, b], {})),
  Pow: (g, [a, b]) => {
    const exponent = splatOf(b);
    if (exponent === null || a.dtype !== b.dtype || !isFloat(a.dtype)) return null;
    const base = asBroadcast(g, a, b);
    if (exponent === 1) return base;
    if (exponent === 2) return g.square(base);
    if (exponent === 3) return g.mul(g.square(base), base);
    if (exponent === 0.5) return g.sqrt(base);
    return exponent === -1 ? g.reciprocal(base) : null;
  },
  Cast: (_, [x], { to }) => (x.dtype === to ? x : null),
  Reshape: (g, [x], { shape }) => {
    if (sameShape(x.shape, shape)) return x;
    return isOp(x, 'Reshape') ? g.reshape((x.node as Node).inputs[0], shape) : null;
  },
  Transpose: (g, [x], { perm }) => {
    // Axes of length 1 may go anywhere, because nothing moves in memory.
    const moved = perm.filter((axis) => x.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) {
      return g.reshape(
        x,
        perm.map((axis) => x.shape[axis]),
      );
    }
    if (!isOp(x, 'Transpose')) return null;
    const inner = (x.node as Node<'Transpose'>).attributes.perm;
    return g.transpose(
      (x.node as Node).inputs[0],
      perm.map((axis) => inner[axis]),
    );
  },
  Expand: (g, [x], { shape }) => {
    if (sameShape(x.shape, shape)) return x;
    return isOp(x, 'Expand') && x.shape.length === shape.length ? g.expand((x.node as Node).inputs[0], shape) : null;
  },
  Slice: (_, [x], { starts, ends, steps }) =>
    x.shape.every((dim, i) => starts[i] === 0 && ends[i] === dim && steps[i] === 1) ? x : null,
  Pad: (_, [x], { before, after }) => ([...before, ...after].every((n) => n === 0) ? x : null),
  Concat(g, inputs, { axis }) {
    if (inputs.length === 1) return inputs[0];
    const nested = (x: Value): x is Value & { node: Node<'Concat'> } =>
      isOp(x, 'Concat') && x.node.attributes.axis === axis;
    if (!inputs.some(nested)) return null;
    // If each reads the previous one twice, the operands double: 2¹⁰⁰ after a hundred of them.
    const operands = inputs.reduce((sum, x) => sum + (nested(x) ? x.node.inputs.length : 1), 0);
    if (operands > MOST_OPERANDS) return null;
    return g.concat(
      inputs.flatMap((x) => (nested(x) ? x.node.inputs : [x])),
      axis,
    );
  },
  ReduceSum: (g, [x], { axes, keepdims }) => {
    if (axes.length === 0) return x;
    if (axes.every((axis) => x.shape[axis] === 1)) return keepdims ? x : g.squeeze(x, axes);
    return isOp(x, 'Neg') ? g.neg(g.sum((x.node as Node).inputs[0], axes, keepdims)) : null;
  },
};

/** A cheaper value equal to the operator's first output, or null. */
export function simplify<O extends Op>(
  g: Algebra,
  op: O,
  inputs: readonly Value[],
  attributes: OpAttributes[O],
): Value | null {
  return table[op]?.(g, inputs, attributes) ?? null;
}
