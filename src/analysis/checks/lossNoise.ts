import { gaussianVector, random } from '../../numerics/random';
import type { Objective } from '../../objective/objective';

/**
 * Each step changes a weight by a few roundings of 2⁻²⁴. Over such steps the loss is nearly linear, and the rest is
 * noise.
 */
const STEP = 2 ** -22;
const POINTS = 13;
/** The difference orders used. Lower orders still see the curvature, and higher orders average too few values. */
const ORDERS = [4, 5, 6];
/** Number of standard deviations in the returned bound. Because few values estimate them, errors rarely exceed it. */
const SIGMAS = 4;

/**
 * Measures the rounding error of a loss. High-order differences over equal steps remove a smooth function, while noise
 * of standard deviation σ grows:
 *   E (Δᵏ L)² = (2k)!/(k!)² · σ².
 * The steps are a few roundings of each weight, so sums and weights round differently at each point. If the loss is the
 * same at all points, its error is below its own resolution and the result is 0.
 * Cost: thirteen losses.
 * @returns four standard deviations, or ∞ if the loss is not finite
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

/** Returns (2k)!/(k!)². */
function growth(k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value *= (k + i) / i;
  return value;
}
