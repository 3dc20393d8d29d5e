import { UserError } from '../../errors';
import { layerEnd } from '../../loss/layerEnd';
import type { NumberFacts } from '../../loss/numberFacts';
import { numberFacts } from '../../loss/numberFacts';
import { categorical } from '../../loss/prediction';
import type { AnswerRequest } from './answers';
import { answersOf } from './answers';
import type { LossChoice } from './lossChoice';
import { formatNumber } from '../../text/numbers';

/** Number of samples to examine. The numbers of this many samples do not sum to one by chance. */
const MOST_SAMPLES = 256;

/**
 * Checks the computed numbers where the graph does not show what an output is: they may be probabilities although the
 * loss would read them as logits. A layer with weights at the end can produce any numbers, so such models, which are
 * most, are not run.
 * @returns the choice, with a note of what was found
 * @throws UserError where the numbers cannot be what the loss reads
 */
export async function askData(choice: LossChoice, request: AnswerRequest): Promise<LossChoice> {
  const { loss, prediction, classAxis } = choice;
  const ofClasses = loss === 'cross_entropy' || loss === 'nll';
  if (!ofClasses && loss !== 'bce' && loss !== 'bce_with_logits') return choice;
  const known = ofClasses
    ? prediction.family === 'categorical' && prediction.classAxis === classAxis
    : prediction.kind === 'probabilities' && prediction.logits !== null;
  const readsLogits = loss === 'cross_entropy' || loss === 'bce_with_logits';
  if (known || (readsLogits && layerEnd(request.lowered.g, request.output)?.linear)) return choice;
  const answers = await answersOf({ ...request, most: MOST_SAMPLES });
  const facts = numberFacts(answers, ofClasses ? classAxis : null);
  return ofClasses ? settledClasses(choice, facts) : settledBinary(choice, facts);
}

/** Adds a note to the choice, ahead of the others because it changes the meaning of every number in the report. */
const noted = (choice: LossChoice, note: string): LossChoice => ({ ...choice, notes: [note, ...choice.notes] });

function settledClasses(choice: LossChoice, { sumToOne, expSumToOne, samples }: NumberFacts): LossChoice {
  const { loss, guessed, outputName, classAxis, prediction } = choice;
  const name = `«${outputName}»`;
  if (sumToOne) {
    const found = `The numbers of ${name} are not negative and sum to 1 over the classes in all ${samples} samples looked at: they are probabilities`;
    if (loss === 'cross_entropy' && !guessed) {
      return noted(
        choice,
        `${found}. You asked for cross_entropy, which reads them as logits, as PyTorch does, and so takes a softmax of probabilities. To take the logarithm of the probabilities, leave --loss out or choose --loss nll.`,
      );
    }
    return noted(
      { ...choice, prediction: categorical('probabilities by their values', null, classAxis) },
      `${found}, although the graph does not show how it computes them. The loss is −log of the probability of the target.`,
    );
  }
  if (loss === 'nll') {
    if (expSumToOne) {
      const byValue = categorical('log-probabilities by their values', null, classAxis, 'logProbabilities');
      return { ...choice, prediction: byValue };
    }
    return noted(
      choice,
      `nll reads log-probabilities, but the exponentials of ${name} do not sum to 1 over the classes. The loss is minus the number at the target, as in PyTorch. If they are logits, choose --loss cross_entropy.`,
    );
  }
  if (prediction.family !== 'bernoulli') return choice;
  return noted(
    choice,
    `The model ends in ${prediction.form}, a yes or no for each output, but cross_entropy reads these numbers as logits of mutually exclusive classes. If the classes do not exclude each other, give one 0 or 1 per output as targets and choose --loss bce.`,
  );
}

function settledBinary(choice: LossChoice, { inUnit, min, max, samples }: NumberFacts): LossChoice {
  const { loss, outputName } = choice;
  if (loss === 'bce' && (min < 0 || max > 1) && !inUnit) {
    throw new UserError({
      what: `bce needs probabilities, but the numbers of «${outputName}» range from ${formatNumber(min, 3)} to ${formatNumber(max, 3)}.`,
      action: 'Choose --loss bce_with_logits if they are logits, or mse if they are values.',
    });
  }
  if (loss !== 'bce_with_logits' || !inUnit) return choice;
  return noted(
    choice,
    `All numbers of «${outputName}» lie between 0 and 1 in the ${samples} samples looked at. bce_with_logits reads them as logits; if they are probabilities, choose --loss bce.`,
  );
}
