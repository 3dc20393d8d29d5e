import { gaussianVector, random } from '../../numerics/random';
import type { Objective } from '../../objective/objective';

/** Steps change each weight by a few roundings of 2⁻²⁴: so far the loss is nearly straight, and what bends is noise. */
const STEP = 2 ** -22;
const POINTS = 13;
/** Differences of these orders: lower ones see what bend there is, higher ones have few values to average. */
const ORDERS = [4, 5, 6];
/** Rounding errors of this many standard deviations, which are estimated from few values, are met once in thousands. */
const SIGMAS = 4;

/**
 * Rounding error of a loss, measured: in tables of differences over equal steps a smooth function vanishes, while noise
 * of standard deviation σ grows,
 *   E (Δᵏ L)² = (2k)!/(k!)² · σ².
 * The steps are a few roundings of each weight, so that sums and weights round anew at each point. A loss that stands
 * on one number at all points tells nothing: the error is then below its own resolution, and 0 is returned.
 * Cost: thirteen losses.
 * @returns four standard deviations; ∞ where the loss is no number
 * @see Moré & Wild 2011, Estimating computational noise, SIAM J. Sci. Comput. 33
 */
export async function lossNoise(
  objective: Objective,
  { piece, seed, signal }: { piece: boolean; seed: number; signal?: AbortSignal },
): Promise<number> {
  const { theta, dim } = objective;
  const signs = gaussianVector(dim, random(seed, 'noise of the loss'));
  const d = theta.map((value, i) => value * signs[i]);
  const points = Array.from({ length: POINTS }, (_, i) => ({ alpha: (i - (POINTS - 1) / 2) * STEP, beta: 0 }));
  const losses = (await objective.plane(d, null, points, { signal, piece })).map(({ loss }) => loss);
  if (!losses.every(Number.isFinite)) return Infinity;
  let differences = losses;
  let worst = 0;
  for (let order = 1; order <= Math.max(...ORDERS); order++) {
    const last = differences;
    differences = last.slice(1).map((value, i) => value - last[i]);
    if (!ORDERS.includes(order)) continue;
    const square = differences.reduce((sum, value) => sum + value ** 2, 0) / differences.length;
    worst = Math.max(worst, square / growth(order));
  }
  return SIGMAS * Math.sqrt(worst);
}

/** (2k)!/(k!)² */
function growth(k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value *= (k + i) / i;
  return value;
}
