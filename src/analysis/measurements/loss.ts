import { UserError } from '../../errors';
import { formatNumber } from '../../text/numbers';
import type { WhyNotFinite } from '../facts';
import { measureParameters } from './gradient';
import { defineMeasurement } from './measurement';
import type { Objective } from '../../objective/objective';
import type { ObjectiveSummary } from '../../report/report';

export type LossFacts = Pick<
  ObjectiveSummary,
  'function' | 'drawnFrom' | 'batchSize' | 'weightDecay' | 'generated' | 'classes' | 'chanceLoss' | 'chanceAccuracy'
> & { reads: string; whyNotFinite?: WhyNotFinite };

/**
 * Measures the loss, its standard error and the accuracy at θ. Cost: one loss, and where it is NaN or ∞ the search for
 * the cause.
 */
async function measureLoss(objective: Objective, facts: LossFacts, signal?: AbortSignal): Promise<ObjectiveSummary> {
  const { loss, accuracy, rSquared, standardError } = await objective.value({ signal });
  const isFinite = Number.isFinite(loss);
  const cause = isFinite ? null : ((await facts.whyNotFinite?.('loss')) ?? unknownCause(loss, facts));
  return {
    function: facts.function,
    loss,
    ...(cause ? { notFinite: { what: cause.what, action: cause.action } } : {}),
    ...(Number.isNaN(accuracy) ? {} : { accuracy }),
    ...(rSquared === undefined ? {} : { rSquared }),
    samples: objective.samples,
    ...(facts.drawnFrom === undefined ? {} : { drawnFrom: facts.drawnFrom }),
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

/**
 * @throws UserError when the loss is NaN or ∞, for those who ask for derivatives alone: there are none at such a point
 */
export async function requireFiniteLoss(objective: Objective, facts: LossFacts, signal?: AbortSignal): Promise<void> {
  const { loss, notFinite } = await measureLoss(objective, facts, signal);
  if (notFinite)
    throw new UserError({ ...notFinite, where: [`loss ${formatNumber(loss)} of ${facts.function}, ${facts.reads}`] });
}

const unknownCause = (loss: number, { function: name, reads }: LossFacts) => ({
  what: `The loss of this model on this data is ${formatNumber(loss)} (${name}, ${reads}).`,
  action:
    'Check the weights and the data for NaN, ∞ and very large values, and that the loss fits the output (logits, probabilities or numbers).',
});

export const loss = defineMeasurement({
  id: 'loss',
  title: 'Loss',
  part: 'always',
  timedAs: 'loss',
  withoutDerivatives: true,
  whereNotFinite: true,
  cost: () => ({ losses: 1, graphs: ['loss'] }),
  async measure({ objective, facts, options, draft, signal }) {
    const symmetry = facts.symmetry?.();
    const summary = await measureLoss(objective, { ...facts, weightDecay: options.weightDecay }, signal);
    if (summary.notFinite) {
      draft.warn(
        `${summary.notFinite.what} ${summary.notFinite.action}`,
        'There is no landscape around a point whose loss is NaN or ∞: gradient, curvature, lines, planes and what follows from them are left out.',
      );
    }
    draft.add({
      objective: summary,
      parameters: { ...measureParameters(objective), ...(symmetry && !summary.notFinite ? { symmetry } : {}) },
    });
  },
});
