import type { Objective } from '../../objective/objective';
import type { WalkSetting } from './walk';

/** The setting of a run that starts at θ, for tests. */
export async function startAt(objective: Objective): Promise<WalkSetting & { theta: Float32Array }> {
  const displacement = new Float32Array(objective.dim);
  const [{ loss }, gradient] = [await objective.value(), await objective.gradient()];
  return { objective, start: { displacement, loss, gradient }, projection: null, theta: objective.theta };
}
