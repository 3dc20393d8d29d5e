import { about, number, object, oneOf, optional, text } from '../schema';
import type { Infer } from '../schema';
import { estimate } from './estimate';

export const part = object({
  name: about('Name of the tensor, or the prefix that the names of its tensors share.', text),
  level: oneOf(['tensor', 'layer', 'block']),
  count: about('Number of parameters.', number),
  trace: about('Trace of the block; over `count`, the mean of its diagonal.', estimate),
  rowNorm: about('√(Σᵢ Σⱼ Hᵢⱼ²), i in the part, j everywhere: the length of its rows.', estimate),
  diagonalSpread: optional(
    number,
    "Standard deviation of the diagonal's entries within the part, without the chance of the probes.",
  ),
});
/** Curvature of one part of the parameters: of its diagonal block of H. */
export type PartCurvature = Infer<typeof part>;
