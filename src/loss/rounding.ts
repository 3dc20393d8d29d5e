import type { Value } from '../graph/graph';
import type { Op } from '../graph/ops';
import type { DType } from '../graph/tensor';

/** Unit roundoff: half the distance from 1 to the next number. */
const UNIT: Partial<Record<DType, number>> = { float64: 2 ** -53, float32: 2 ** -24 };
/** Operators that pass numbers on: sums, choices, views, factors. What they are made of is looked at instead. */
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
/** What is computed as a logarithm of numbers of which the largest is about 1. */
const LOGARITHMS = new Set<Op>(['LogSoftmax', 'Softplus']);

/**
 * Absolute rounding error of a loss that is a logarithm of a probability: log p near p = 1 is as far off as p is, a unit
 * roundoff of 1, however small it is itself. The same error stands in the derivatives by the logits. A sum of squares
 * has none: its rounding is relative to itself.
 * @param losses of the samples: what they are sums of is found by walking back through operators that pass numbers on
 * @returns 0 where the loss is no logarithm
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

/** A square is no sum: its rounding is relative to itself. */
function passesOn({ node }: Value): boolean {
  return node !== null && PASSING.has(node.op) && !(node.op === 'Mul' && node.inputs[0] === node.inputs[1]);
}

/** A probability of the model is as coarse as the model is, whatever type the loss takes its logarithm in. */
function coarsestUnit(value: Value): number {
  const within = passesOn(value) ? value.node!.inputs.filter(({ node }) => node?.op !== 'Constant') : [];
  return Math.max(unitOf(value), ...within.map(coarsestUnit));
}
