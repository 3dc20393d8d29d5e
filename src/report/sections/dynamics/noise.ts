import { about, number, object, optional } from '../../schema';
import type { Infer } from '../../schema';

const measured = about(
  'The figure, and its error from the choice of samples; 0 where all were used.',
  object({ value: number, error: number }),
);

export const noise = object({
  traceOfCovariance: about(
    'tr Σ, the trace of the covariance of the gradients of single samples (unbiased).',
    measured,
  ),
  scale: about('tr Σ/‖g‖², the number of samples at which chance and signal are equal.', measured),
  unbiasedScale: optional(number, 'tr Σ/(‖g‖² − tr Σ/N); left out where chance explains all of ‖g‖².'),
  gradientStandardError: about('√(tr Σ/N), the standard error of g as a vector.', number),
  samplesUsed: about('Number of samples whose gradients were computed.', number),
});
/** The noise of minibatch gradients, from the gradients of single samples. */
export type NoiseMeasurement = Infer<typeof noise>;
