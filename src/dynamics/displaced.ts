import type { Displacement } from '../objective/objective';

/** The point θ + d. */
export const displaced = (d: Float32Array): Displacement => ({ d1: d, d2: null, alpha: 1, beta: 0 });
