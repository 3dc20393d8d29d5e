/** Lower bound of the number of negative eigenvalues, from the Ritz values of one subspace and the noise floor. */
export declare function certifiedNegative(ritzValues: readonly number[], noiseFloor: number): number;
export declare function certifiedPositive(ritzValues: readonly number[], noiseFloor: number): number;
/** Sign of the eigenvalue near a Ritz value, if residual and noise leave no doubt. */
export declare function certainSign(
  pair: { value: number; residual: number },
  noiseFloor: number,
): 'negative' | 'positive' | 'uncertain';
