import type { LossAtWeights } from '../../src/protocol/configure';
import { counted } from '../../src/text/counts';
import { formatNumber, formatPercent, formatWithError } from '../../src/text/numbers';

/** Says the loss at the weights beside that of the best answer that ignores the input. */
export function lossText(loss: Extract<LossAtWeights, { kind: 'measured' }>): string {
  const { standardError, chanceLoss, accuracy, chanceAccuracy, samples } = loss;
  const value =
    loss.loss === null
      ? 'is not finite'
      : `is ${standardError === null ? formatNumber(loss.loss) : formatWithError(loss.loss, standardError)}`;
  const sentences = [`${loss.function} ${value} at the weights, on ${counted(samples, 'sample')}.`];
  if (chanceLoss !== null) sentences.push(`Without looking at the input, ${formatNumber(chanceLoss)} is the best.`);
  if (accuracy !== null) {
    const chance = chanceAccuracy === null ? '' : `, of the most frequent class ${formatPercent(chanceAccuracy)}`;
    sentences.push(`Accuracy: ${formatPercent(accuracy)}${chance}.`);
  }
  return sentences.join(' ');
}

/** Whether the model does no better than chance, so that data, mapping or loss may be wrong. */
export function isNoBetterThanChance({ loss, chanceLoss }: Extract<LossAtWeights, { kind: 'measured' }>): boolean {
  return loss === null || (chanceLoss !== null && loss >= chanceLoss);
}
