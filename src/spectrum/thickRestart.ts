import { rotateInPlace } from '../numerics/columns/columns';
import type { Krylov, RitzValues } from './krylov';

/**
 * Shrinks the basis to the chosen Ritz vectors X = Q·S without losing their information:
 *   H·X = X·Θ + f·(Sᵀb)ᵀ
 * which is the run's own relation again, with a diagonal T and the couplings Sᵀb as the next column (the arrow).
 * @param chosen indices into `ritz`, at most as many as the basis has vectors
 * @see Wu & Simon 2000, SIAM J. Matrix Anal. Appl. 22 (thick-restart Lanczos)
 */
export function thickRestart(
  run: Krylov,
  ritz: RitzValues & { vectors: Float64Array[] },
  chosen: readonly number[],
): void {
  const s = chosen.map((i) => ritz.vectors[i]);
  run.spare.push(...rotateInPlace(run.basis, s));
  run.diagonal = chosen.map((i) => ritz.values[i]);
  run.above = chosen.map((_, j) => new Float64Array(j));
  run.leaks = s.map((column) => combine(run.leaks, column, run.locked.length));
  run.coupling = Float64Array.from(s, (column) => column.reduce((total, c, j) => total + c * run.coupling[j], 0));
  run.mixed = chosen.length;
}

function combine(vectors: readonly Float64Array[], weights: Float64Array, length: number): Float64Array {
  const result = new Float64Array(length);
  vectors.forEach((vector, j) => {
    for (let k = 0; k < length; k++) result[k] = result[k] + weights[j] * vector[k];
  });
  return result;
}
