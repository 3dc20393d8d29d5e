import { UserError } from '../../errors';
import { formatNumber } from '../../text/numbers';
import type { WhyNotFinite } from '../facts';
import { measureParameters } from './gradient';
import { defineMeasurement } from './measurement';
import type { Objective } from '../../objective/objective';
import type { ObjectiveSummary } from '../../report/report';

export type LossFacts = Pick<
  ObjectiveSummary,
  'function' | 'batchSize' | 'weightDecay' | 'generated' | 'classes' | 'chanceLoss' | 'chanceAccuracy'
> & { reads: string; whyNotFinite?: WhyNotFinite };

/**
 * Measures the loss, its standard error and the accuracy at θ. Cost: one loss.
 * @throws UserError when the loss is NaN or ∞, because there is no landscape around such a point
 */
export async function measureLoss(
  objective: Objective,
  facts: LossFacts,
  signal?: AbortSignal,
): Promise<ObjectiveSummary> {
  const { loss, accuracy, standardError } = await objective.value({ signal });
  if (!Number.isFinite(loss)) {
    const known = await facts.whyNotFinite?.('loss');
    if (known) throw new UserError(known);
    throw new UserError({
      what: `The loss of this model on this data is ${formatNumber(loss)}.`,
      where: [`loss ${facts.function}, ${facts.reads}`],
      action:
        'Check the weights and the data for NaN, ∞ and very large values, and that the loss fits the output (logits, probabilities or numbers).',
    });
  }
  return {
    function: facts.function,
    loss,
    ...(Number.isNaN(accuracy) ? {} : { accuracy }),
    samples: objective.samples,
    batchSize: facts.batchSize,
    weightDecay: facts.weightDecay,
    standardError,
    reads: facts.reads,
    ...(facts.generated ? { generated: true } : {}),
    ...(facts.classes === undefined ? {} : { classes: facts.classes }),
    ...(facts.chanceLoss === undefined ? {} : { chanceLoss: facts.chanceLoss }),
    ...(facts.chanceAccuracy === undefined ? {} : { chanceAccuracy: facts.chanceAccuracy }),
  };
}

export const loss = defineMeasurement({
  id: 'loss',
  title: 'Loss',
  part: 'always',
  timedAs: 'loss',
  withoutDerivatives: true,
  cost: () => ({ losses: 1, graphs: ['loss'] }),
  async measure({ objective, facts, options, draft, signal }) {
    const symmetry = facts.symmetry?.();
    draft.add({
      objective: await measureLoss(objective, { ...facts, weightDecay: options.weightDecay }, signal),
      parameters: { ...measureParameters(objective), ...(symmetry ? { symmetry } : {}) },
    });
  },
});
