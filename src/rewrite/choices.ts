import type { Node, Value } from '../graph/graph';
import type { Op } from '../graph/ops';
import { COPIES_AND_SUMS } from '../graph/ops';
import { isFloat } from '../graph/tensor';

/*
 * A choice between a tangent and zero is a product with ones and zeros only where no infinite number and none that is not
 * one may stand on the branch that is not taken: zero times those is not zero.
 */

const ORDERS: ReadonlySet<Op> = new Set<Op>(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual']);

/**
 * Whether a Where chooses for each element by its size, as clipped activations do. Others may be there to hide what is not
 * a number, such as rows that attention was not allowed to look at; those stay.
 */
export function cutsOff({ inputs: [condition], outputs: [y] }: Node): boolean {
  if (!condition.node || !ORDERS.has(condition.node.op) || String(condition.shape) !== String(y.shape)) return false;
  return isFloat(condition.node.inputs[0].dtype);
}

/** Operators that hand on what they read, or add it up. */
const HANDING_ON: ReadonlySet<Op> = new Set<Op>(['Add', 'Sub', 'Neg', ...COPIES_AND_SUMS]);

/** Sums of many products, which would be lost as a whole if a number in them were not finite. */
const PRODUCTS: ReadonlySet<Op> = new Set<Op>(['MatMul', 'Conv', 'ConvInput', 'ConvWeight']);

const known = new WeakMap<Value, boolean>();

/**
 * Whether a value is surely finite wherever its graph is of use: no slope, which may be infinite on a branch that is not
 * taken, stands between it and the products it comes from.
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
