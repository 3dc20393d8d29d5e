import { about, list, number, object, optional, text } from '../../schema';
import type { Infer } from '../../schema';
import { factor } from './depth';

const state = object({
  layer: about('Recurrent layer or loop.', text),
  step: about('In the order of computation, from 0.', number),
  norm: about('‖∂L/∂h_t‖ over all samples.', number),
  carried: optional(
    number,
    'The part that comes back from the last step alone, (∂h_T/∂h_t)ᵀ·∂L/∂h_T, relative to that step.',
  ),
});

export const time = list(state);
const sequence = object({
  layer: text,
  steps: about('Number of steps back in time that the factor spans.', number),
  rate: optional(factor, 'Factor of the carried gradient per step back in time.'),
  factor: about('Carried gradient at the first step.', number),
  spectralRadius: optional(number, 'Of the recurrent matrix, where there is a single square one.'),
  spectralNorm: optional(number),
});

export const timeFits = list(sequence);
/** How the gradient of one recurrence changes over time. */
export type TimeTrend = Infer<typeof sequence>;
