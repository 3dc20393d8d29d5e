import { rademacherVector, random } from '../numerics/random';
import type { Objective } from '../objective/objective';

/** Spacing of float32 numbers just above 1. */
const UNIT = 2 ** -23;
const ROUNDINGS = [-2, -1, 1, 2];

/**
 * The resolution of the loss in float32: the largest change of L when each weight moves by one or two roundings, with
 * random signs. Two losses that differ by less cannot be told apart. It is at least one rounding of L itself.
 * Cost: four losses.
 */
export async function lossResolution(
  objective: Pick<Objective, 'plane' | 'theta'>,
  loss: number,
  { seed, signal }: { seed: number; signal?: AbortSignal },
): Promise<number> {
  const { theta } = objective;
  const signs = rademacherVector(theta.length, random(seed, 'resolution of the loss'));
  const rounding = theta.map((value, i) => UNIT * value * signs[i]);
  const points = ROUNDINGS.map((alpha) => ({ alpha, beta: 0 }));
  const values = await objective.plane(rounding, null, points, { signal });
  const changes = values.map((value) => Math.abs(value.loss - loss)).filter(Number.isFinite);
  return Math.max(UNIT * Math.abs(loss), ...changes);
}
