import type { Objective } from '../../objective/objective';
import type { Check } from '../../report/curvature';
import { hessianOf } from '../../spectrum/operator';
import { forwardCheck, sameNumberCheck, unlessRounding } from './checks';
import { differenceChecks } from './differenceChecks';
import type { StageReport } from '../progress';
import { stretchOf } from './stretch';
import { changeUnderRounding } from './underRounding';
import { checkDirections } from '../verifyObjective';

/**
 * The checks that every analysis makes of itself, beside those its measurements bring along: gradient and curvature along
 * three directions against differences of the loss and against forward mode, and the loss twice.
 * Cost: three products, three pushes forward over forward, about 80 losses. A check that would fail is looked into
 * first, which takes more losses and a few products more.
 */
export async function selfChecks(
  objective: Objective,
  found: { gradient: Float32Array; loss: number; largest?: number; kinks: readonly string[] },
  { seed, signal, onProgress }: { seed: number; signal?: AbortSignal; onProgress?: StageReport },
): Promise<Check[]> {
  const { gradient, kinks } = found;
  const directions = checkDirections(objective, gradient, seed);
  const hessian = await objective.products('hessian', directions, { signal });
  const forward = await objective.curvatures('hessian', directions, { signal });
  onProgress?.(0.2);
  const { loss } = await objective.value({ signal });
  const stretch = stretchOf(objective.parameters, directions, hessian, found.largest);
  const derivatives = { gradient, hessian, forward, stretch, kinks };
  const checks = await differenceChecks(objective, directions, derivatives, { seed, signal });
  for (const [i, d] of directions.entries()) {
    const both = forwardCheck(`forward mode, direction ${i + 1}`, d, hessian[i], forward[i], stretch);
    checks.push(await unlessRounding(both, () => changeUnderRounding(hessianOf(objective), d, { seed, signal })));
  }
  const rounding = forward[0].lossRounding?.loss;
  return [...checks, sameNumberCheck('the loss twice', found.loss, loss, rounding)];
}
