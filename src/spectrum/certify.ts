/**
 * Number of eigenvalues of H that are certainly negative: a lower bound of the index of a saddle.
 * The Ritz values are the eigenvalues of QᵀHQ, the compression of H to a subspace. By Cauchy's interlacing theorem the
 * i-th smallest eigenvalue of H is at most the i-th smallest of any compression, so each Ritz value below zero proves
 * one negative eigenvalue, converged or not. Rounding moves an eigenvalue of the compression by at most ‖E‖ (Weyl), so
 * each must lie below zero by more than the noise floor. A basis that is orthonormal to float32
 * only is good enough, because a congruence keeps the signs (Sylvester).
 * @param ritzValues of one subspace; each of several subspaces gives a bound, and the largest of them holds
 * @see Horn & Johnson 2013, Matrix Analysis, theorems 4.3.28 and 4.5.8
 */
export function certifiedNegative(ritzValues: readonly number[], noiseFloor: number): number {
  return ritzValues.filter((value) => value < -noiseFloor).length;
}

/** Number of eigenvalues of H that are certainly positive, in the same way. */
export function certifiedPositive(ritzValues: readonly number[], noiseFloor: number): number {
  return ritzValues.filter((value) => value > noiseFloor).length;
}

/** Sign of the eigenvalue within residual and noise of a Ritz value, if that interval excludes zero. */
export function certainSign(
  { value, residual }: { value: number; residual: number },
  noiseFloor: number,
): 'negative' | 'positive' | 'uncertain' {
  if (value + residual + noiseFloor < 0) return 'negative';
  return value - residual - noiseFloor > 0 ? 'positive' : 'uncertain';
}
