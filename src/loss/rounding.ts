import type { Value } from '../graph/graph';
import type { Op } from '../graph/ops';
import type { DType } from '../graph/tensor';

/** Unit roundoff: half the distance from 1 to the next number. */
const UNIT: Partial<Record<DType, number>> = { float64: 2 ** -53, float32: 2 ** -24 };
/** Operators that pass numbers on: sums, choices, views, factors. The search continues at their inputs. */
const PASSING = new Set<Op>([
  'Neg',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Max',
  'Min',
  'Where',
  'Cast',
  'Reshape',
  'Transpose',
  'Expand',
  'Slice',
  'Concat',
  'ReduceSum',
  'Gather',
]);
/** Operators that compute a logarithm of numbers of which the largest is about 1. */
const LOGARITHMS = new Set<Op>(['LogSoftmax', 'Softplus']);

/**
 * Absolute rounding error of a loss that is a logarithm of a probability. Near p = 1, log p has the error of p, a unit
 * roundoff of 1, however small log p itself is. Its derivatives by the logits have the same error. A sum of squares has
 * none, because its rounding is relative to its size.
 * @param losses of the samples; a walk back through operators that pass numbers on finds their terms
 * @returns 0 if the loss is not a logarithm
 */
export function lossRounding(losses: Value): number {
  let rounding = 0;
  const seen = new Set<Value>();
  const visit = (value: Value) => {
    const { node } = value;
    if (!node || seen.has(value)) return;
    seen.add(value);
    if (LOGARITHMS.has(node.op)) rounding = Math.max(rounding, unitOf(value));
    else if (node.op === 'Log') rounding = Math.max(rounding, coarsestUnit(node.inputs[0]));
    else if (passesOn(value)) node.inputs.forEach(visit);
  };
  visit(losses);
  return rounding;
}

const unitOf = ({ dtype }: Value) => UNIT[dtype] ?? 0;

/** A square is not a sum: its rounding is relative to its size. */
function passesOn({ node }: Value): boolean {
  return node !== null && PASSING.has(node.op) && !(node.op === 'Mul' && node.inputs[0] === node.inputs[1]);
}

/** A probability of the model has the model's precision, whatever the type of its logarithm in the loss. */
function coarsestUnit(value: Value): number {
  const within = passesOn(value) ? value.node!.inputs.filter(({ node }) => node?.op !== 'Constant') : [];
  return Math.max(unitOf(value), ...within.map(coarsestUnit));
}
