import { UserError } from '../errors';
import { openObjective } from '../objective/open/openObjective';
import { withWeightDecay } from '../objective/layers/weightDecay';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { Progress } from '../protocol/worker';
import type { Check } from '../report/curvature';
import { kinksOf } from './checks/kinks';
import { requireFiniteLoss } from './measurements/loss';
import { verifyObjective } from './verifyObjective';

/**
 * Runs the self-checks of the derivatives on a model file with its data.
 * @throws UserError when model, data or options are at fault, the loss is NaN or ∞, or an operator has no derivative
 */
export async function verify(
  model: string,
  asked: AnalysisOptions,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<Check[]> {
  const options = resolveOptions(asked);
  onProgress?.({ stage: 'Loading', fraction: 0 });
  const opened = await openObjective(model, options, { signal });
  try {
    if (!opened.canDifferentiate) {
      throw new UserError({
        what: 'There are no derivatives to verify: an operator of this model has no derivative rule.',
        where: opened.notes,
        action: 'See "ridgeline inspect MODEL" for what can be differentiated.',
      });
    }
    const objective = withWeightDecay(opened.objective, options.weightDecay);
    // If the loss is not finite, this throws a clear error. Eighteen failed checks would not name the cause.
    await requireFiniteLoss(objective, { ...opened, weightDecay: options.weightDecay }, signal);
    return await verifyObjective(objective, {
      seed: options.seed,
      kinks: kinksOf(opened.operators, opened.function),
      signal,
      onCheck: (done, total, detail) => onProgress?.({ stage: 'Verifying', detail, fraction: done / total }),
    });
  } finally {
    await opened.objective.dispose();
  }
}
