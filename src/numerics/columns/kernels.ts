export type Four = [number, number, number, number];

/** The functions of kernels.as. Positions and lengths are in bytes; lengths are multiples of 16. */
export interface Kernels {
  /** sums[j] ← sums[j] + qⱼ·w */
  innerProducts(q0: number, q1: number, q2: number, q3: number, w: number, length: number, sums: number): void;
  /** w ← w − Σⱼ cⱼ·qⱼ */
  subtract(w: number, ...columns: [...q: Four, length: number, ...c: Four]): void;
  /** total ← total + Σⱼ cⱼ·qⱼ, total in float64; `length` is the length of a column. */
  accumulate(total: number, ...columns: [...q: Four, length: number, ...c: Four]): void;
}
