import type { Dataset } from '../../data/dataset';
import { targetFacts } from '../../data/targets';
import type { Value } from '../../graph/graph';
import { isFloat } from '../../graph/tensor';
import { chooseClassAxis } from '../../loss/classAxis';
import type { LossClues, GuessedLoss } from '../../loss/guess';
import { guessLoss } from '../../loss/guess';
import { layerEnd } from '../../loss/layerEnd';
import { predictionOf } from '../../loss/predictionOf';
import type { LoweredModel } from '../../model/lowered';
import { axisMeant, axisWritten } from '../../model/writtenAxes';

/** Facts from the graph of an output that help to guess the loss. */
export function graphClues(g: LoweredModel['g'], output: Value): Omit<LossClues, 'target' | 'classAxis'> {
  const { shape } = output;
  return {
    prediction: predictionOf(g, output),
    end: layerEnd(g, output),
    outputShape: shape.length === 0 ? [] : [null, ...shape.slice(1)],
  };
}

/** The output that a loss would read: the one that the user set, otherwise the first with floating-point numbers. */
function readOutput({ outputs }: Pick<LoweredModel, 'outputs'>, wanted: string | null): [string, Value] | null {
  return Object.entries(outputs).find(([name, { dtype }]) => isFloat(dtype) && (!wanted || name === wanted)) ?? null;
}

type GuessedModel = Pick<LoweredModel, 'g' | 'outputs' | 'axes'>;

/**
 * Guesses the loss from the graph alone, as for random data, and finds the axis that classes would be on.
 * @throws UserError where the axis that the user set does not exist
 */
export function guessWithoutData(
  model: GuessedModel,
  { lossOutput, classAxis }: { lossOutput: string | null; classAxis: number | null },
): GuessedLoss | null {
  const guess = guessFor(model, lossOutput, null);
  const found = readOutput(model, lossOutput);
  if (!guess || !found) return guess;
  const [name, value] = found;
  const axes = model.axes?.[name];
  const wanted = classAxis === null ? null : axisMeant(classAxis, value.shape.length, axes, name);
  const ofClasses = guess.loss === 'cross_entropy' || guess.loss === 'nll';
  if (!ofClasses || value.shape.length < 3) return guess;
  const { axis, reason } = chooseClassAxis({ ...graphClues(model.g, value), targetShape: null, wanted });
  return { ...guess, reason: `${guess.reason}; classes on axis ${axisWritten(axis, axes)}, ${reason}` };
}

/** Guesses the loss for data, or from the graph alone where `data` is null. */
export function guessFor(model: GuessedModel, wanted: string | null, data: Dataset | null): GuessedLoss | null {
  const { g } = model;
  const found = readOutput(model, wanted);
  if (!found) return null;
  // Recorded outputs of the model itself say nothing about the loss that it was trained with.
  const labels = data && !data.generated && !data.targetIsModelOutput ? data.target : null;
  return guessLoss({ ...graphClues(g, found[1]), target: labels && targetFacts(labels) });
}
