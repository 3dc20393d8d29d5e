import { about, flag, list, number, object, oneOf, optional, text } from '../../schema';
import type { Infer } from '../../schema';

const NUMERICAL_PROBLEMS = [
  'NaN',
  'infinity',
  'underflow',
  'little headroom',
  'float16 overflow',
  'bfloat16 overflow',
] as const;

export const numerics = list(
  object({
    node: about("Name of the node in the user's own graph, or of the input that holds the number.", text),
    operator: text,
    problem: oneOf(NUMERICAL_PROBLEMS),
    from: about('What fed the node: other nodes, inputs or weights, the largest first.', text),
    value: about('NaN, ±∞, 0, or the number of largest size.', number),
    factor: optional(
      number,
      'For little headroom: how many times larger the number could be; for a logarithm how many times smaller.',
    ),
    samples: optional(text, 'The sample that shows it: "sample 3", or "samples 0 to 7" where they act on each other.'),
    deed: optional(text, 'What the node does for that sample: "divides 0 by 0".'),
    reaches: about('Whether an output of the model then holds NaN or ∞.', flag),
  }),
);
/** Nodes of the user's own graph in numerical trouble, in the order of the graph. */
export type NumericsMeasurement = Infer<typeof numerics>;

export const headroom = object({
  samples: about('Number of samples that ran through the graph.', number),
  of: about('Number of samples of the data.', number),
  values: about('Number of values that were looked at.', number),
  nodes: about(
    'Operators that leave the range of their type most easily, those with the least headroom first.',
    list(
      object({
        node: text,
        operator: text,
        factor: about(
          'How many times larger the result could be before it overflows; for Log and Sqrt how far the operand is from the smallest number.',
          number,
        ),
        operand: about('The largest operand; for Log, Sqrt and a divisor the smallest.', number),
        limit: optional(number, 'The operand at which the result overflows: 88.7 for Exp in float32.'),
      }),
    ),
  ),
});
/** What was examined in the user's own graph, and how far it is from overflow. */
export type HeadroomMeasurement = Infer<typeof headroom>;
