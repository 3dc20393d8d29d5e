import { about, list, number, object, oneOf, optional, text } from '../../schema';
import type { Infer } from '../../schema';

const activation = object({
  layer: about('Node of the model.', text),
  parameters: optional(list(text), 'Parameters between this activation and the ones before it.'),
  operator: about('The activation: "ReLU".', text),
  kind: about(
    'rectifier: exactly zero on one side; gated: tends to zero on one side; bounded: tends to a bound on both; attention: rows of shares.',
    oneOf(['rectifier', 'gated', 'bounded', 'attention']),
  ),
  units: optional(number, 'Number of units (channels).'),
  dead: optional(number, 'Units that are on the flat side for all samples.'),
  largest: optional(
    list(number),
    'Largest value of each unit over all samples and positions; of narrow layers that have dead units.',
  ),
  saturated: optional(
    number,
    'Share of elements in a tail, where the slope is below 5 % of its largest; of attention, share of the rows that choose a single key.',
  ),
  duplicated: optional(number, 'Units with the same incoming and outgoing weights as another one.'),
  zero: optional(number, 'Share of elements on the flat side.'),
});

export const units = list(activation);
/** How much of an activation is on its flat part. */
export type ActivationEntry = Infer<typeof activation>;
