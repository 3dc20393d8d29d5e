import type { LossName } from '../../options/options';

/** Operators whose slope jumps somewhere. */
const KINKED = new Set([
  'Abs',
  'Clip',
  'Elu',
  'GridSample',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu',
  'Max',
  'MaxPool',
  'GlobalMaxPool',
  'Min',
  'PRelu',
  // Where numbers are cut off.
  'QuantizeLinear',
  'ReduceMax',
  'ReduceMin',
  'Relu',
  'RoiAlign',
  'Selu',
  'Shrink',
  'ThresholdedRelu',
]);
/** Losses whose slope jumps. */
const KINKED_LOSSES = new Set<LossName>(['mae']);

/** What makes kinks in the loss: differences step over them, and derivatives have none. */
export function kinksOf(operators: readonly string[], loss: LossName): string[] {
  return [...operators.filter((operator) => KINKED.has(operator)), ...(KINKED_LOSSES.has(loss) ? [loss] : [])];
}
