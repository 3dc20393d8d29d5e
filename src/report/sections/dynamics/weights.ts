import { about, list, number, object, oneOf, optional, text } from '../../schema';
import type { Infer } from '../../schema';

const fans = object({
  in: about('Terms of the sum that gives one output.', number),
  out: about('Sums that one input is a term of.', number),
});

const weight = object({
  parameter: text,
  kind: oneOf(['dense', 'convolution', 'depthwise', 'attention', 'recurrent', 'embedding', 'scale', 'bias', 'other']),
  count: number,
  fans: optional(fans),
  rms: optional(number, '√(mean w²)'),
  rule: optional(oneOf(['he', 'glorot']), 'The rule of initialization for the activation behind the weights.'),
  ratio: optional(number, 'rms over the standard deviation of the rule.'),
  activation: optional(text, 'The first operator behind the weights that is not linear.'),
  end: oneOf(['layer', 'normalization', 'batch normalization', 'merge', 'output', 'other']),
  next: optional(text, 'The weights that read the output directly.'),
});

export const weights = list(weight);
export type WeightMeasurement = Infer<typeof weight>;
