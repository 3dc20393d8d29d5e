import type { Objective } from '../objective/objective';
import type { Check } from '../report/curvature';
import { forwardCheck, sameNumberCheck } from './checks';
import type { StageReport } from './progress';
import { checkDirections, differenceChecks } from './verifyObjective';

/**
 * The checks that every analysis makes of itself, beside those its measurements bring along: gradient and curvature along
 * three directions against differences of the loss and against forward mode, and the loss twice.
 * Cost: three products, three pushes forward over forward, about 80 losses.
 */
export async function selfChecks(
  objective: Objective,
  found: { gradient: Float32Array; loss: number; kinks: readonly string[] },
  { seed, signal, onProgress }: { seed: number; signal?: AbortSignal; onProgress?: StageReport },
): Promise<Check[]> {
  const { gradient, kinks } = found;
  const directions = checkDirections(objective, gradient, seed);
  const hessian = await objective.hvp(directions, signal);
  const forward = await objective.curvatures(directions, signal);
  onProgress?.(0.2);
  const { loss } = await objective.value(signal);
  return [
    ...(await differenceChecks(objective, directions, { gradient, hessian, kinks, signal })),
    ...directions.map((d, i) =>
      forwardCheck(`forward mode, direction ${i + 1}`, d, hessian[i]!, forward[i]!.curvatures),
    ),
    sameNumberCheck('the loss twice', found.loss, loss),
  ];
}
