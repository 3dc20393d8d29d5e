import type { Dataset } from '../../data/dataset';
import { targetFacts } from '../../data/targets';
import { UserError } from '../../errors';
import type { GraphBuilder } from '../../graph/builder';
import type { Tensor } from '../../graph/tensor';
import { tensor } from '../../graph/tensor';
import { chooseClassAxis } from '../../loss/classAxis';
import { guessLoss } from '../../loss/guess';
import { axisMeant } from '../../model/writtenAxes';
import type { LossName } from '../../options/options';
import { graphClues } from './guessFor';
import type { LossChoice, LossQuestion, LossWish, ModelOutput } from './lossChoice';
import { countOf, isClassification, lossTargets } from './lossTargets';
import type { Noted } from './noted';
import { untoldLoss } from './untoldLoss';

/** Fields of a choice whose loss reads no targets. */
const WITHOUT_TARGETS = { target: null, classAxis: 1, classes: null, chance: null, shifted: false, positions: null };

/**
 * Chooses the loss for one output: the loss that the user set, otherwise a guess. It then converts the targets to the
 * form that the loss needs.
 * @throws UserError when the loss cannot be determined or the targets do not fit it
 */
export function chooseLoss(g: GraphBuilder, dataset: Dataset, output: ModelOutput, wish: LossWish): LossChoice {
  const { name: outputName, value, axes } = output;
  const askedAxis = wish.classAxis === null ? null : axisMeant(wish.classAxis, value.shape.length, axes, outputName);
  const labels = dataset.generated || dataset.targetIsModelOutput ? null : dataset.target;
  const question = { dataset, output, wish, clues: graphClues(g, value), askedAxis, labels };
  const { value: loss, notes } = lossFor(question);
  checkWish(question, loss);
  const chosen = { loss, guessed: !wish.loss, outputName, prediction: question.clues.prediction };
  if (loss === 'output') {
    const unread = labels ? ['The targets are not used, because the graph computes the loss.'] : [];
    return { ...chosen, ...WITHOUT_TARGETS, notes: [...notes, ...unread] };
  }
  const targets = lossTargets(question, loss);
  return { ...chosen, ...targets.value, notes: [...notes, ...targets.notes] };
}

/** The loss that the user set, otherwise the loss guessed from the graph and the targets. */
function lossFor({ dataset, output, wish, clues, askedAxis, labels }: LossQuestion): Noted<LossName> {
  if (wish.loss) return { value: wish.loss, notes: [] };
  const facts = labels && targetFacts(withoutIgnored(labels, wish.ignoreIndex));
  const guess = guessLoss({ ...clues, classAxis: askedAxis, target: facts });
  if (guess) {
    const guessed = `Loss ${guess.loss}, guessed from ${guess.reason}.`;
    const unfounded = `There are no targets, and nothing shows that the numbers of «${output.name}» are classes. For an embedding or other values, use --loss mse, or give targets.`;
    return { value: guess.loss, notes: guess.unfounded ? [guessed, unfounded] : [guessed] };
  }
  const { shape } = output.value;
  const where = [dataset.source, `output «${output.name}» [${shape.join(', ')}]`];
  if (!labels) {
    throw new UserError({
      what: 'The model alone does not determine the loss.',
      where,
      action: 'Name it with --loss cross_entropy, mse, bce, …',
    });
  }
  const choice = chooseClassAxis({ ...clues, targetShape: labels.shape, wanted: askedAxis });
  const { what, action } = untoldLoss(labels, { output: shape, name: output.name, choice, ignored: wish.ignoreIndex });
  throw new UserError({ what, where, action: dataset.targetHint ? `${action} ${dataset.targetHint}` : action });
}

/** @throws UserError when an option has no meaning for the loss, or the loss has none for the output */
function checkWish({ dataset, output, wish, askedAxis }: LossQuestion, loss: LossName): void {
  const { name, value } = output;
  if (wish.shiftLabels && (!isClassification(loss) || value.shape.length < 3)) {
    throw new UserError({
      what: `--shift-labels needs an output with tokens, but «${name}» is [${value.shape.join(', ')}] and the loss is ${loss}.`,
      action: 'Leave --shift-labels out, or name the output of the tokens with --loss-output NAME.',
    });
  }
  if (askedAxis !== null && !isClassification(loss)) {
    throw new UserError({
      what: `--class-axis has no meaning for the loss ${loss}, which has no classes.`,
      action: 'Leave it out, or choose --loss cross_entropy or nll.',
    });
  }
  if (value.shape.length === 0 && loss !== 'output') {
    throw new UserError({
      what: `«${name}» is one number for all samples, but ${loss} compares each sample with its target.`,
      where: [dataset.source],
      action: 'Use it as the loss with --loss output, or name another output with --loss-output NAME.',
    });
  }
}

/** Removes positions without a target, because they say nothing about the classes. */
function withoutIgnored(target: Tensor, ignored: number): Tensor {
  if (countOf(target, ignored) === 0) return target;
  const values = Array.from(target.data as ArrayLike<number | bigint>, (v) => (Number(v) === ignored ? 0 : Number(v)));
  return tensor(target.dtype, target.shape, values);
}
