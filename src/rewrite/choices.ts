import type { Node, Value } from '../graph/graph';
import type { Op } from '../graph/ops';
import { COPIES_AND_SUMS } from '../graph/ops';
import { isFloat } from '../graph/tensor';

/*
 * A choice between a tangent and zero is a product with ones and zeros only if the branch not taken contains neither ∞ nor
 * NaN, because zero times these is not zero.
 */

const ORDERS: ReadonlySet<Op> = new Set<Op>(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual']);

/**
 * Whether a Where chooses each element by its size, as in clipped activations. Other choices may hide NaN, such as rows
 * that attention must not see, and are kept.
 */
export function cutsOff({ inputs: [condition], outputs: [y] }: Node): boolean {
  if (!condition.node || !ORDERS.has(condition.node.op) || String(condition.shape) !== String(y.shape)) return false;
  return isFloat(condition.node.inputs[0].dtype);
}

/** Operators that pass on their input or sum it. */
const HANDING_ON: ReadonlySet<Op> = new Set<Op>(['Add', 'Sub', 'Neg', ...COPIES_AND_SUMS]);

/** Sums of many products, in which one non-finite number would spoil the whole. */
const PRODUCTS: ReadonlySet<Op> = new Set<Op>(['MatMul', 'Conv', 'ConvInput', 'ConvWeight']);

const known = new WeakMap<Value, boolean>();

/**
 * Whether a value is certainly finite whenever its graph is useful: no slope lies between it and the products that it comes
 * from. A slope may be infinite on a branch that is not taken.
 */
export function isFinite(value: Value): boolean {
  const found = known.get(value);
  if (found !== undefined) return found;
  const finite = handsOnFinite(value);
  known.set(value, finite);
  return finite;
}

function handsOnFinite({ node }: Value): boolean {
  if (!node || PRODUCTS.has(node.op)) return true;
  return HANDING_ON.has(node.op) && node.inputs.every((input) => !isFloat(input.dtype) || isFinite(input));
}
