import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import { gatherFlat, scatterFlat } from '../graph/places';
import { sizeOf } from '../graph/tensor';
import type { Pooling } from './pooledConvolution';
import { poolingOf, pooledConv, pooledConvWeight } from './pooledConvolution';
import type { Pass } from './pass';
import { rewriteMoving } from './pass';

/** Places at which elements are selected from a tensor. */
interface Selection {
  /** Flat indices, in the shape of the selected elements. */
  indices: Value;
  /** Null if something other than a pooling selects. */
  pooling: Pooling | null;
}

/**
 * Selects first and computes later, instead of computing everything and selecting from it. With P the choice of elements
 * at fixed places, Pᵀ its transpose, m fixed, and ẋ, ȳ linear in `tangents`:
 *   P·(m ⊙ ẋ)  →  (P·m) ⊙ (P·ẋ)          m ⊙ (Pᵀ·ȳ)  →  Pᵀ·((P·m) ⊙ ȳ)
 * and, if P selects within the planes of channels, as pooling does,
 *   P·(ẋ + b)  →  P·ẋ + b                sums of Pᵀ·ȳ over a plane  →  sums of ȳ
 * for b a number for each channel. A rectifier before a pooling of 2 × 2 then works on a quarter of the elements and
 * keeps a quarter of its mask. A convolution of fixed data with weights that depend on the tangents is computed only at the
 * selected places (`pooledConvolution.ts`).
 */
export function selections(g: GraphBuilder, outputs: readonly Value[], tangents: readonly Value[]): Value[] {
  return rewriteMoving(g, outputs, tangents, (pass, node) => selected(pass, node) ?? spread(pass, node));
}

const readOnce = ({ readers }: Pass, value: Value) => readers(value).length === 1;

/** Rewrites a Gather of flat elements to compute its input only at the selected places; null for any other node. */
function selected(pass: Pass, node: Node): Value | null {
  const { moving } = pass;
  const [flat, indices] = node.inputs;
  if (node.op !== 'Gather' || moving(indices) || !isOp(flat, 'Reshape') || flat.shape.length !== 1) return null;
  const source = (flat.node as Node).inputs[0];
  if (sizeOf(indices.shape) >= sizeOf(source.shape) || !readOnce(pass, flat)) return null;
  const result = pick(pass, source, { indices, pooling: poolingOf(indices, source.shape) });
  return isOp(result, 'Gather') ? null : result;
}

/** Selects from a value that depends on the tangents, as early as possible. */
function pick(pass: Pass, value: Value, selection: Selection): Value {
  return (
    (readOnce(pass, value) && picked(pass, value, selection)) || gatherFlat(pass.g, pass.now(value), selection.indices)
  );
}

/** A value at the selected places, computed from its inputs there; null if it must be computed whole. */
function picked(pass: Pass, { node, shape }: Value, selection: Selection): Value | null {
  const { g, moving, now } = pass;
  if (!node) return null;
  const { op, inputs, attributes } = node;
  if (op === 'Conv' && selection.pooling && !moving(inputs[0])) {
    return pooledConv(g, node as Node<'Conv'>, now(inputs[1]), selection.pooling);
  }
  if (op === 'Neg') return g.neg(pick(pass, inputs[0], selection));
  if (op !== 'Mul' && op !== 'Div' && op !== 'Add' && op !== 'Sub') return null;
  // At most one of two operands is gathered in each run.
  const whole = inputs.filter((input) => moving(input) && String(input.shape) === String(shape));
  if (whole.length !== 1) return null;
  const at = inputs.indexOf(whole[0]);
  const other = fixedAt(g, now(inputs[1 - at]), moving(inputs[1 - at]), shape, selection);
  if (!other) return null;
  const x = pick(pass, whole[0], selection);
  return g.apply(op, at === 0 ? [x, other] : [other, x], attributes as never);
}

/**
 * An operand that broadcasts with a tensor of `shape`, in a form that broadcasts with the elements selected from it; null
 * if that would take a second selection in each run.
 */
function fixedAt(
  g: GraphBuilder,
  x: Value,
  moves: boolean,
  shape: readonly number[],
  selection: Selection,
): Value | null {
  if (sizeOf(x.shape) === 1) return x;
  const perChannel = x.shape.length === shape.length && x.shape.slice(2).every((dim) => dim === 1);
  if (selection.pooling && perChannel) return x;
  return moves || String(x.shape) !== String(shape) ? null : gatherFlat(g, x, selection.indices);
}

/** The nonzero elements of a scattered value and their places; null unless they are fewer than all elements. */
function scattered(value: Value): (Selection & { updates: Value }) | null {
  const source = isOp(value, 'Reshape') ? (value.node as Node).inputs[0] : value;
  if (!isOp(source, 'ScatterAdd') || source.shape.length !== 1) return null;
  const [updates, indices] = (source.node as Node).inputs;
  if (sizeOf(updates.shape) >= sizeOf(source.shape)) return null;
  return { updates, indices, pooling: poolingOf(indices, value.shape) };
}

/** Rewrites a node that reads a scattered value to use the elements themselves; null for any other node. */
function spread(pass: Pass, node: Node): Value | null {
  const { g, moving, now } = pass;
  const at = node.inputs.findIndex(moving);
  const x = now(node.inputs[at]);
  const known = scattered(x);
  if (!known || moving(known.indices)) return null;
  const { updates, indices, pooling } = known;
  if (node.op === 'ReduceSum') {
    const { axes, keepdims } = (node as Node<'ReduceSum'>).attributes;
    const planes = x.shape.every((_, axis) => axis < 2 || axes.includes(axis));
    return pooling && planes ? g.sum(updates, axes, keepdims) : null;
  }
  if (node.op === 'ConvWeight') {
    return pooling && at === 1 ? pooledConvWeight(g, node as Node<'ConvWeight'>, updates, pooling) : null;
  }
  if (!readOnce(pass, node.inputs[at]) || String(node.outputs[0].shape) !== String(x.shape)) return null;
  const scatter = (elements: Value) => scatterFlat(g, elements, indices, x.shape);
  if (node.op === 'Neg') return scatter(g.neg(updates));
  const other = node.inputs[1 - at];
  if ((node.op !== 'Mul' && (node.op !== 'Div' || at === 1)) || moving(other)) return null;
  const fixed = fixedAt(g, now(other), false, x.shape, known);
  return fixed && scatter(g.apply(node.op, at === 0 ? [updates, fixed] : [fixed, updates], {}));
}
