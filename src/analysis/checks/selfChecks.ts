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
 * Runs the self-checks of an analysis, in addition to the checks that measurements make. Compares the gradient and the
 * curvature along three directions with finite differences of the loss, the curvature with forward mode, and the loss
 * with a second evaluation.
 * Cost: three products, three forward-over-forward passes, about 80 losses. A check that would fail is investigated
 * first, at the cost of more losses and a few more products.
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
