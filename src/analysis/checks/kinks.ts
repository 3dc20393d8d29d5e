import type { LossName } from '../../options/options';

/** Operators whose derivative jumps somewhere. */
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
  // The derivative jumps where values saturate.
  'QuantizeLinear',
  'ReduceMax',
  'ReduceMin',
  'Relu',
  'RoiAlign',
  'Selu',
  'Shrink',
  'ThresholdedRelu',
]);
/** Losses whose derivative jumps somewhere. */
const KINKED_LOSSES = new Set<LossName>(['mae']);

/**
 * Lists the operators and the loss that cause kinks. Finite differences step across kinks, while derivatives describe
 * only the smooth piece at θ.
 */
export function kinksOf(operators: readonly string[], loss: LossName): string[] {
  return [...operators.filter((operator) => KINKED.has(operator)), ...(KINKED_LOSSES.has(loss) ? [loss] : [])];
}
