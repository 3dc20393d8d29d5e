import { about, list, number, object, optional, text } from '../schema';
import type { Infer } from '../schema';
import { estimate, estimateFields } from './estimate';

const tensor = object({
  name: text,
  norm: number,
  curvature: optional(
    estimate,
    'θₗᵀHθₗ with the weights of this tensor alone: it stays the same when the tensor is scaled against others.',
  ),
});

export const parameters = object({
  norm: about('‖θ‖', number),
  curvature: optional(number, 'θᵀHθ'),
  hessianProductNorm: optional(number, '‖Hθ‖'),
  byParameter: optional(list(tensor)),
  filterNormalizedCurvature: optional(
    object({ ...estimateFields, directions: number }),
    'Mean dᵀHd over random filter-normalized directions d, and how many.',
  ),
  symmetry: optional(text, 'Why raw eigenvalues depend on how the weights are scaled, where they do.'),
});
export type ParameterMeasurement = Infer<typeof parameters>;
