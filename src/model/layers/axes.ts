import type { Node, Value } from '../../graph/graph';
import { folded, nodesOf } from '../../graph/graph';
import type { Op, OpAttributes } from '../../graph/ops';
import { ARITHMETIC, COMPARISON, UNARY } from '../../graph/ops';
import type { Numbers } from './constants';
import { contentsOf } from './constants';
import type { UnitAxis } from './factor';
import { cut, fix, leaves, merge, newAxis } from './factor';

/** A value that depends on constants alone, at one place where it is read. Equal constants of two layers are not one. */
export interface ConstantUse {
  axes: readonly UnitAxis[];
  /** Tensors of these axes by which the elements of the value differ. */
  contents: readonly Numbers[];
}

/** Which axes of the values of a graph are the same index. */
export interface GraphAxes {
  /** Nodes that compute more than constants, in topological order. */
  nodes: readonly Node[];
  isConstant(value: Value): boolean;
  of(value: Value): readonly UnitAxis[];
  constants: readonly ConstantUse[];
  /** Axes that an operator reads for all entries of a further axis together, as Softmax does: without that one. */
  across: readonly (readonly UnitAxis[])[];
}

/** Axes of the results of a node, from those of its operands. */
export type AxisRule<O extends Op> = (node: Node<O>, inputs: readonly (readonly UnitAxis[])[]) => readonly UnitAxis[];

/**
 * Follows every axis of every value from the parameters to the outputs of a graph of core operators. Exchanging two
 * entries of an index that is not fixed, in all parameters and constants at once, does not change the outputs: the index
 * counts interchangeable units. What an operator does to an axis that is not known here fixes the order of that axis.
 * @param free inputs whose axes have no order of their own: the parameters
 * @param rules further rules, which go before those of this file
 */
export function axesOf(outputs: readonly Value[], free: ReadonlySet<Value>, rules: AxisRules = {}): GraphAxes {
  const all = { ...RULES, ...rules } as Partial<Record<Op, AxisRule<Op>>>;
  const constant = folded(outputs, []);
  const isConstant = (value: Value): boolean => constant.has(value);
  const nodes = nodesOf(outputs).filter((node) => !node.outputs.every(isConstant));
  const known = new Map<Value, readonly UnitAxis[]>();
  const constants: ConstantUse[] = [];
  const across: (readonly UnitAxis[])[] = [];
  const of = (value: Value): readonly UnitAxis[] => {
    const found = known.get(value);
    if (found) return found;
    const contents = isConstant(value) ? contentsOf(value) : null;
    const axes = value.shape.map((size) => newAxis(size, !contents && !free.has(value)));
    if (!isConstant(value)) known.set(value, axes);
    else if (contents && contents.length > 0) constants.push({ axes, contents });
    return axes;
  };
  for (const node of nodes) {
    const inputs = node.inputs.map(of);
    const rule = all[node.op];
    if (!rule) for (const axes of inputs) axes.forEach(fix);
    const found = rule?.(node, inputs);
    for (const output of node.outputs) known.set(output, found ?? output.shape.map(fixed));
    if (isAcross(node)) across.push(inputs[0].filter((_, i) => i !== node.attributes.axis));
  }
  for (const output of outputs) of(output).forEach(fix);
  return { nodes, isConstant, of, constants, across };
}

/** The axes that each operand has where the result has them, aligned at the last; null for one that is broadcast. */
export function alignedAxes<A>(axes: readonly A[], shape: readonly number[], rank: number): (A | null)[] {
  const offset = rank - shape.length;
  return Array.from({ length: rank }, (_, i) => (i < offset || shape[i - offset] === 1 ? null : axes[i - offset]));
}

function elementwise(
  { outputs: [{ shape }], inputs: operands }: Node,
  inputs: readonly (readonly UnitAxis[])[],
): UnitAxis[] {
  const aligned = inputs.map((axes, i) => alignedAxes(axes, operands[i].shape, shape.length));
  return shape.map((size, k) => {
    const [first, ...others] = aligned.flatMap((axes) => (axes[k] ? [axes[k]] : []));
    for (const other of others) merge(first, other);
    return first ?? newAxis(size);
  });
}

const fixed = (size: number): UnitAxis => newAxis(size, true);

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

function each<O extends Op>(ops: readonly O[], rule: AxisRule<Op>): Partial<Record<Op, AxisRule<Op>>> {
  return Object.fromEntries(ops.map((op) => [op, rule]));
}

const same: AxisRule<Op> = (_, [x]) => x;

function reduce(
  { attributes: { axes, keepdims } }: { attributes: OpAttributes['ReduceSum'] },
  [x]: readonly (readonly UnitAxis[])[],
): UnitAxis[] {
  return keepdims ? x.map((axis, i) => (axes.includes(i) ? [] : axis)) : x.filter((_, i) => !axes.includes(i));
}

/** Operators whose result has the axis along which they read. */
const isAcross = (node: Node): node is Node<'Softmax' | 'LogSoftmax' | 'CumSum'> =>
  node.op === 'Softmax' || node.op === 'LogSoftmax' || node.op === 'CumSum';

/** The axis with its order fixed, and a new one of another length: what a window or a choice of places leaves. */
export function resized(axis: UnitAxis, size: number): UnitAxis {
  fix(axis);
  return fixed(size);
}

export type AxisRules = { [O in Op]?: AxisRule<O> };

const TABLE: AxisRules = {
  Reshape({ outputs: [{ shape }] }, [x]) {
    let rest: UnitAxis = leaves(x.flat());
    const axes: UnitAxis[] = [];
    for (const size of shape) {
      const parts = cut(rest, size);
      if (!parts) {
        x.forEach(fix);
        return shape.map(fixed);
      }
      axes.push(parts.head);
      rest = parts.tail;
    }
    return axes;
  },
  Transpose: ({ attributes: { perm } }, [x]) => perm.map((axis) => x[axis]),
  Expand({ inputs: [{ shape: from }], outputs: [{ shape }] }, [x]) {
    return alignedAxes(x, from, shape.length).map((axis, i) => axis ?? newAxis(shape[i]));
  },
  /** Blocks of equal blocks are entries of an index that counts them, such as the gates of a recurrent layer. */
  Slice({ inputs: [{ shape: from }], outputs: [{ shape }], attributes: { starts, ends, steps } }, [x]) {
    return x.map((axis, i) => {
      const [length, size] = [from[i], shape[i]];
      if (size === length && steps[i] === 1) return axis;
      const isRange = steps[i] === 1 && ends[i] - starts[i] === size;
      const block = isRange ? [starts[i], size].reduce(commonDivisor, length) : 1;
      const parts = block > 1 ? cut(axis, length / block) : null;
      if (!parts) return resized(axis, size);
      fix(parts.head);
      return [...fixed(size / block), ...parts.tail];
    });
  },
  Pad: ({ attributes: { before, after }, outputs: [{ shape }] }, [x]) =>
    x.map((axis, i) => (before[i] === 0 && after[i] === 0 ? axis : resized(axis, shape[i]))),
  Concat({ attributes: { axis: along }, inputs: operands, outputs: [{ shape }] }, inputs) {
    const lengths = new Set(operands.map((operand) => operand.shape[along]));
    return shape.map((size, i) => {
      const [first, ...others] = inputs.map((axes) => axes[i]);
      if (i === along && lengths.size > 1) {
        inputs.forEach((axes) => fix(axes[i]));
        return fixed(size);
      }
      for (const other of others) merge(first, other);
      return i === along ? [...fixed(operands.length), ...first] : first;
    });
  },
  ReduceSum: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  CumSum({ attributes: { axis } }, [x]) {
    fix(x[axis]);
    return x;
  },
  Softmax: same,
  LogSoftmax: same,
  Gather({ attributes: { axis } }, [x, indices]) {
    fix(x[axis]);
    return [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)];
  },
  MatMul({ inputs: operands, outputs: [{ shape }] }, [a, b]) {
    const rank = shape.length;
    const [left, right] = [alignedAxes(a, operands[0].shape, rank), alignedAxes(b, operands[1].shape, rank)];
    merge(a[a.length - 1], b[b.length - 2]);
    return shape.map((size, i) => {
      if (i === rank - 2) return a[a.length - 2];
      if (i === rank - 1) return b[b.length - 1];
      const [one, other] = [left[i], right[i]];
      if (one && other) merge(one, other);
      return one ?? other ?? newAxis(size);
    });
  },
  Conv({ attributes: { group }, outputs: [{ shape }] }, [x, w]) {
    const parts = grouped(x[1], w[0], group);
    if (!parts) return unfit([x, w], shape);
    merge(parts.inner, w[1]);
    [...x.slice(2), ...w.slice(2)].forEach(fix);
    return [x[0], w[0], ...shape.slice(2).map(fixed)];
  },
  /** The transpose of Conv: y [N,M,…] and w [M,C/group,…] give [N,C,…]. */
  ConvInput({ attributes: { group }, outputs: [{ shape }] }, [y, w]) {
    const parts = grouped(y[1], w[0], group);
    if (!parts) return unfit([y, w], shape);
    merge(parts.inner, parts.of);
    [...y.slice(2), ...w.slice(2)].forEach(fix);
    return [y[0], [...parts.groups, ...w[1]], ...shape.slice(2).map(fixed)];
  },
  MaxPool({ outputs }, [x]) {
    x.slice(2).forEach(fix);
    return [x[0], x[1], ...outputs[0].shape.slice(2).map(fixed)];
  },
};

const RULES: Partial<Record<Op, AxisRule<Op>>> = {
  ...each(UNARY, same),
  ...each(['Cast'], same),
  ...each([...ARITHMETIC, ...COMPARISON, 'Where'], elementwise),
  ...(TABLE as Partial<Record<Op, AxisRule<Op>>>),
};

/** Channels [groups, inner] of a convolution's input, and the outer axis [groups, of] of its weights. */
function grouped(
  channels: UnitAxis,
  outer: UnitAxis,
  group: number,
): { groups: UnitAxis; inner: UnitAxis; of: UnitAxis } | null {
  const [of, inner] = [cut(outer, group), cut(channels, group)];
  if (!of || !inner) return null;
  merge(inner.head, of.head);
  return { groups: inner.head, inner: inner.tail, of: of.tail };
}

function unfit(inputs: readonly (readonly UnitAxis[])[], shape: readonly number[]): UnitAxis[] {
  for (const axes of inputs) axes.forEach(fix);
  return shape.map(fixed);
}
