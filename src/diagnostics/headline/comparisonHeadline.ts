import type { Comparison } from '../../report/sections/comparison';
import type { Headline } from '../../report/sections/headline';
import { comparisonSentences, modelLetter } from '../../report/text/comparison';
import { formatNumber, formatCompact } from '../../text/numbers';

/** A difference is told from none where it is larger than this many standard errors. */
const CLEAR = 2;

/** Says which model has the lowest loss, and whether a way without a rise leads from one to the other. */
export function comparisonHeadline(comparison: Comparison): Headline {
  const state = losses(comparison);
  const [first] = comparisonSentences(comparison);
  return {
    state,
    next: first?.split(/(?<=\.) /)[0] ?? 'See below in which figures and verdicts the models differ.',
    level: comparison.models.some(({ loss }) => !Number.isFinite(loss)) ? 'action' : 'notice',
  };
}

function losses({ models, figures }: Comparison): string {
  const broken = models.findIndex(({ loss }) => !Number.isFinite(loss));
  if (broken >= 0) return `The loss of model ${modelLetter(broken)} is ${formatNumber(models[broken].loss)}.`;
  const best = models.reduce((least, { loss }, i) => (loss < models[least].loss ? i : least), 0);
  const figure = figures.find(({ id }) => id === 'loss');
  if (models.length === 2 && figure) {
    const { value, error } = figure.differences[1];
    const both = `${formatNumber(models[0].loss, 3)} and ${formatNumber(models[1].loss, 3)}`;
    if (value === 0) return `Both models have the same loss, ${formatNumber(models[0].loss, 3)}.`;
    if (Math.abs(value) <= CLEAR * error) return `The losses of A and B, ${both}, cannot be told apart.`;
    return `Model ${modelLetter(best)} has the lower loss: A and B have ${both}, a difference of ${formatCompact(Math.abs(value), error)}.`;
  }
  return `Of ${models.length} models, ${modelLetter(best)} has the lowest loss: ${formatNumber(models[best].loss, 3)}.`;
}
