/** An eigenvalue with its eigenvector, as Lanczos found them. */
export interface Eigenpair {
  value: number;
  /**
   * ‖Hv − λv‖, without the rounding of the products: some eigenvalue lies within residual (+ noise floor) of `value`. If
   * the value is still expected to move by more, the residual is that distance.
   */
  residual: number;
  converged: boolean;
  /** Unit length, [dim]. */
  vector: Float32Array;
}

/** A known eigenvalue with its unit eigenvector. */
export interface KnownPair {
  value: number;
  vector: Float32Array;
}
