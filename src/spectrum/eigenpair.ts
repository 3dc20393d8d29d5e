/** An eigenvalue with its eigenvector, as Lanczos found them. */
export interface Eigenpair {
  value: number;
  /**
   * ‖Hv − λv‖, rounding of the products apart: some eigenvalue lies within residual (+ noise floor) of `value`. Where
   * the value is still expected to move by more, that distance.
   */
  residual: number;
  converged: boolean;
  /** Unit length, [dim]. */
  vector: Float32Array;
}

/** An eigenvalue with its unit vector, as found before. */
export interface KnownPair {
  value: number;
  vector: Float32Array;
}
