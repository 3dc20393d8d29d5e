import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import type { Op } from '../graph/ops';
import { isFloat, sizeOf } from '../graph/tensor';

/** An operator that moves, drops or repeats numbers of its first input without changing any. */
export interface Move {
  /** What it moves. */
  from: Value;
  /** Position of an axis of the input in the output, perhaps with reordered entries; null if the axis is cut or merged. */
  axis(axis: number): number | null;
  /** Applies the same move to another tensor of the input's shape. */
  again(x: Value): Value;
}

/** The move that computes a value; null if another operator does. */
export function moveOf(g: GraphBuilder, value: Value): Move | null {
  const { node } = value;
  if (!node || value.index !== 0) return null;
  const axis = AXES[node.op]?.(node, value);
  if (!axis) return null;
  const [from, ...operands] = node.inputs;
  return { from, axis, again: (x) => g.apply(node.op, [x, ...operands], node.attributes) };
}

type AxisMap = (axis: number) => number | null;

/** Where each kind of move puts the axes. */
const AXES: { [O in Op]?: (node: Node, output: Value) => AxisMap | null } = {
  Cast: ({ inputs: [x] }, y) => (isFloat(x.dtype) && isFloat(y.dtype) ? (axis) => axis : null),
  Reshape: ({ inputs: [x] }, y) => reshaped(x.shape, y.shape),
  Transpose: (node) => (axis) => (node as Node<'Transpose'>).attributes.perm.indexOf(axis),
  Expand:
    ({ inputs: [x] }, y) =>
    (axis) => {
      const to = axis + y.shape.length - x.shape.length;
      return x.shape[axis] === y.shape[to] ? to : null;
    },
  Slice:
    ({ inputs: [x] }, y) =>
    (axis) =>
      x.shape[axis] === y.shape[axis] ? axis : null,
  Gather: (node) => {
    const [x, indices] = node.inputs;
    const { axis: gathered } = (node as Node<'Gather'>).attributes;
    return (axis) => {
      if (axis === gathered) return permutes(indices, x.shape[axis]) ? axis : null;
      return axis < gathered ? axis : axis - 1 + indices.shape.length;
    };
  },
};

/** An axis survives a reshape if an axis of its length follows equally many numbers. */
function reshaped(from: readonly number[], to: readonly number[]): AxisMap {
  return (axis) => {
    const before = sizeOf(from.slice(0, axis));
    const found = to.findIndex((dim, i) => dim === from[axis] && sizeOf(to.slice(0, i)) === before);
    return found < 0 ? null : found;
  };
}

/** Every index once. */
function permutes(indices: Value, length: number): boolean {
  const known = constantOf(indices);
  if (!known || known.shape.length !== 1 || known.data.length !== length) return false;
  return new Set(Array.from(known.data as ArrayLike<number | bigint>, Number)).size === length;
}
