import { UserError } from '../errors';
import { inspectModel } from '../objective/inspectModel';
import { openObjective } from '../objective/openObjective';
import { withWeightDecay } from '../objective/weightDecay';
import type { AnalysisOptions } from '../options/options';
import { resolveOptions } from '../options/presets';
import type { Progress } from '../protocol/worker';
import type { Check } from '../report/curvature';
import { verifyObjective } from './verifyObjective';

/** Operators whose slope jumps somewhere. */
const KINKED = new Set([
  'Abs',
  'Clip',
  'Elu',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu',
  'Max',
  'MaxPool',
  'GlobalMaxPool',
  'Min',
  'PRelu',
  'ReduceMax',
  'ReduceMin',
  'Relu',
  'Selu',
  'Shrink',
  'ThresholdedRelu',
]);
/** Losses whose slope jumps. */
const KINKED_LOSSES = new Set(['mae']);

/**
 * Self-checks of the derivatives on a model file with its data.
 * @throws UserError when model, data or options are at fault, or an operator has no derivative
 */
export async function verify(
  model: string,
  asked: AnalysisOptions,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<Check[]> {
  const options = resolveOptions(asked);
  onProgress?.({ stage: 'Loading', fraction: 0 });
  const { operators } = await inspectModel(model, options.parameters);
  const opened = await openObjective(model, options, { signal });
  try {
    if (!opened.canDifferentiate) {
      throw new UserError({
        what: 'There are no derivatives to verify: an operator of this model has no derivative rule.',
        where: opened.notes,
        action: 'See "ridgeline inspect MODEL" for what can be differentiated.',
      });
    }
    return await verifyObjective(withWeightDecay(opened.objective, options.weightDecay), {
      seed: options.seed,
      kinks: [
        ...operators.map(({ operator }) => operator).filter((operator) => KINKED.has(operator)),
        ...(KINKED_LOSSES.has(opened.function) ? [opened.function] : []),
      ],
      signal,
      onCheck: (done, total, detail) => onProgress?.({ stage: 'Verifying', detail, fraction: done / total }),
    });
  } finally {
    await opened.objective.dispose();
  }
}
