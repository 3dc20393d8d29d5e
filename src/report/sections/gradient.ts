import { about, list, number, object, optional, text } from '../schema';
import type { Infer } from '../schema';
import { notFinite } from './notFinite';

export const gradient = object({
  norm: about('‖g‖', number),
  byParameter: list(object({ name: text, norm: number })),
  curvature: optional(number, 'gᵀHg'),
  hessianProductNorm: optional(number, '‖Hg‖'),
  gaussNewtonCurvature: optional(number, 'gᵀGg, G the Gauss-Newton matrix.'),
  meanSquaredSampleNorm: optional(
    number,
    'Mean over samples of ‖∇ℓᵢ‖², from `samplesUsed` samples that are spread evenly over the data.',
  ),
  samplesUsed: optional(number),
  samplingError: optional(
    number,
    'Standard error of the gradient as a vector, √(Σ var(gᵢ)/N): below it the gradient cannot be told from zero for the population.',
  ),
  alongParameters: optional(
    number,
    'θᵀg: how far the gradient points along the weights themselves, as that of weight decay does.',
  ),
  notFinite: optional(notFinite, 'Why the gradient is NaN or ∞, where it is.'),
  noiseFloor: optional(number, 'Float32 error of ‖g‖, from repeated evaluation in another batch split.'),
});
export type GradientMeasurement = Infer<typeof gradient>;
