import { about, flag, list, named, number, object } from '../schema';
import type { Infer } from '../schema';
import { estimate, estimateFields } from './estimate';

const outliers = object({
  values: about('Ritz values beyond `bound`, by magnitude, largest first.', list(number)),
  bound: about('Five times the root mean square of the bulk.', number),
  complete: about('False where every Ritz value that was found lies beyond the bound: then there may be more.', flag),
});
/** Eigenvalues that stand apart from the bulk. */
export type Outliers = Infer<typeof outliers>;

export const spectralSummary = named(
  'spectralSummary',
  object({
    frobenius: about('‖H‖_F = √(Σ λ²)', estimate),
    effectiveRank: about(
      'Σ λ⁺/(λ⁺ + c), λ⁺ = max(λ, 0): directions that the data determine, against a prior of curvature c (MacKay 1992).',
      object({ ...estimateFields, c: number }),
    ),
    nearZero: about(
      'Fraction of the eigenvalues with |λ| ≤ bound: those that cannot be told from zero.',
      object({ ...estimateFields, bound: number }),
    ),
    negative: about(
      'Number of eigenvalues below −noise floor, all of them: an estimate, where `certifiedNegative` is a proven bound.',
      estimate,
    ),
    outliers: about('Eigenvalues that stand apart from the bulk.', outliers),
  }),
);
/** What the whole spectrum says beyond its ends: traces of functions of H, estimated over the density's probes. */
export type SpectralSummary = Infer<typeof spectralSummary>;
