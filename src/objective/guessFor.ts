import type { Dataset } from '../data/dataset';
import { targetFacts } from '../data/targets';
import type { Value } from '../graph/graph';
import { isFloat } from '../graph/tensor';
import type { LossClues, LossGuess } from '../loss/guess';
import { guessLoss } from '../loss/guess';
import { layerEnd } from '../loss/layerEnd';
import { predictionOf } from '../loss/predictionOf';
import type { LoweredModel } from './model';

/** What the graph of an output says to a guess. */
export function graphClues(g: LoweredModel['g'], output: Value): Omit<LossClues, 'target' | 'classAxis'> {
  const { shape } = output;
  return {
    prediction: predictionOf(g, output),
    end: layerEnd(g, output),
    outputShape: shape.length === 0 ? [] : [null, ...shape.slice(1)],
  };
}

/**
 * The loss that would be guessed of the output asked for, or else of the first one of floating numbers.
 * @param data null where there are none: then the graph alone decides, as it does for random data
 */
export function guessFor(
  { g, outputs }: Pick<LoweredModel, 'g' | 'outputs'>,
  wanted: string | null,
  data: Dataset | null,
): LossGuess | null {
  const found = Object.entries(outputs).find(([name, { dtype }]) => isFloat(dtype) && (!wanted || name === wanted));
  if (!found) return null;
  // A model's recorded outputs say nothing about the loss it was trained with.
  const labels = data && !data.generated && !data.targetIsModelOutput ? data.target : null;
  return guessLoss({ ...graphClues(g, found[1]), target: labels && targetFacts(labels) });
}
