/** λ_max of one checkpoint; NaN where it is not known. */
export interface Sharpness {
  step: number;
  lambdaMax: number;
}

/**
 * The first step at which gradient descent is no longer stable along the top eigenvector, λ_max ≥ bound.
 * @param bound 2/η, or 2·(1 + β)/η with heavy-ball momentum β
 * @returns null where λ_max stays below
 * @see Cohen et al. 2021, arXiv:2103.00065
 */
export function crossing(path: readonly Sharpness[], bound: number): number | null {
  return path.find(({ lambdaMax }) => lambdaMax >= bound)?.step ?? null;
}
