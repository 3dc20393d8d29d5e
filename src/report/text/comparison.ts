import { formatCount, counted } from '../../text/counts';
import {
  formatCompact,
  formatMeasured,
  formatNumber,
  formatPercent,
  formatPercentWithError,
  isResolved,
  NOT_RESOLVED,
} from '../../text/numbers';
import type { Barrier, ComparedFigure, Comparison, MatchedModels } from '../sections/comparison';
import { formatEstimate } from './estimates';

/** Figures that are fractions. */
const SHARES = ['accuracy', 'testAccuracy'];

/** A difference, or a barrier, is told from none where it is larger than this many standard errors. */
const CLEAR = 2;

/** "A", "B", …: the models in tables. */
export const modelLetter = (index: number): string => String.fromCodePoint(65 + (index % 26)) + (index < 26 ? '' : "'");

/** The figure of one model with its error; "–" where it was not measured. */
export function figureText({ id, values }: ComparedFigure, model: number): string {
  const { value, error } = values[model];
  if (Number.isNaN(value) && Number.isNaN(error)) return '–';
  if (SHARES.includes(id)) return formatPercentWithError(value, error);
  return formatEstimate({ value, standardError: error });
}

/**
 * A model's figure minus that of the first model, with its error; "–" where one of both is missing. A table holds many
 * differences, so one within twice its error counts as not resolved.
 */
export function differenceText({ id, differences }: ComparedFigure, model: number): string {
  const { value, error } = differences[model];
  if (Number.isNaN(value)) return '–';
  if (Number.isNaN(error)) return formatEstimate({ value });
  const figure = SHARES.includes(id) ? formatPercentWithError(value, error) : formatCompact(value, error);
  return figure + (isResolved(value, CLEAR * error) ? '' : NOT_RESOLVED);
}

/** "0.42 ± 0.01 at α = 0.54" */
export function barrierText({ height, at, error }: Barrier): string {
  if (height === 0) return 'none';
  if (!Number.isFinite(height)) return `${formatNumber(height)} at α = ${formatNumber(at, 3)}`;
  return `${formatMeasured(height, error)} at α = ${formatNumber(at, 3)}`;
}

/** What the line between the models means, in sentences. */
export function comparisonSentences({ apart, movesStatistics, distance, line, matched }: Comparison): string[] {
  const sentences: string[] = [];
  if (apart !== undefined) sentences.push(apart);
  if (line) sentences.push(distance === 0 ? 'Both models have the same parameters.' : lineSentence(line.barrier));
  if (matched && line) sentences.push(...matchedSentences(matched, line.barrier));
  if (movesStatistics) {
    sentences.push(
      'The running statistics of BatchNormalization move along the lines, so that each end is the model of its file.',
    );
  }
  return sentences;
}

function lineSentence(barrier: Barrier): string {
  const { height, at, error } = barrier;
  if (!Number.isFinite(height)) {
    return `The loss is not finite on the straight line between the models (${formatNumber(height)} at α = ${formatNumber(at, 3)}): they are not connected along it.`;
  }
  if (height === 0) {
    return 'There is no barrier: on the straight line between the models the loss never rises above the line between both losses. They lie in one basin as far as this line shows.';
  }
  if (!isClear(barrier)) {
    return `On the straight line between the models the loss rises by ${formatMeasured(height, error)}, which cannot be told from no barrier.`;
  }
  return `There is a barrier of ${barrierText(barrier)}: on the straight line between the models the loss rises that far above the line between both losses, so their weights cannot simply be averaged.`;
}

function matchedSentences(
  { permutedUnits, units, line, repaired, notes = [] }: MatchedModels,
  before: Barrier,
): string[] {
  const of = units === undefined ? '' : ` of ${formatCount(units)}`;
  const moved = `Matching moved ${formatCount(permutedUnits)}${of} ${units === 1 ? 'unit' : 'units'}`;
  const { barrier } = line;
  const after = (): string => {
    if (!Number.isFinite(barrier.height)) return 'and the loss on the line is still not finite.';
    if (!isClear(barrier)) {
      return isClear(before)
        ? 'and no barrier is left: what lay between the models was the order of their units.'
        : 'and there is still no barrier.';
    }
    // Where the straight line is not finite, any barrier is lower.
    if (barrier.height >= before.height) {
      return `and the barrier is ${barrierText(barrier)}, no lower than before: the order that brings the weights closest need not have the lowest barrier.`;
    }
    const left = Number.isFinite(before.height) && before.height > 0 ? barrier.height / before.height : NaN;
    const share = Number.isNaN(left) ? '' : `, ${formatPercent(left)} of the one before`;
    return `and leaves a barrier of ${barrierText(barrier)}${share}.`;
  };
  return [`${moved} ${after()}`, ...(repaired ? [repairedSentence(repaired.barrier)] : []), ...notes];
}

function repairedSentence(barrier: Barrier): string {
  const how = 'With the statistics of BatchNormalization recomputed on these data (REPAIR)';
  return isClear(barrier) ? `${how}, the barrier is ${barrierText(barrier)}.` : `${how}, no barrier is left.`;
}

/** Whether a barrier is told from none. One without an error counts as it is. */
function isClear({ height, error }: Barrier): boolean {
  return height > 0 && !(height <= CLEAR * error);
}

/** What the errors of a figure cover, as a note under the table. */
export function errorNote(figures: readonly ComparedFigure[]): string {
  const named = (kind: ComparedFigure['errors']) =>
    figures.filter(({ errors }) => errors === kind).map(({ name }) => name);
  const parts = [
    [named('paired'), 'are paired over the same samples'],
    [named('samples'), 'count other samples as well and add in quadrature'],
    [named('directions'), 'are standard errors over random directions and add in quadrature'],
    [named('estimate'), 'are those of the computation on these samples'],
  ] as const;
  return parts
    .filter(([names]) => names.length > 0)
    .map(([names, text]) => `Errors of the differences of ${listed(names)} ${text}.`)
    .concat('A difference within twice its error is not resolved.')
    .join(' ');
}

/** "loss, accuracy and ‖g‖" */
const listed = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' and $1');

/** "2 models" */
export const modelCount = (comparison: Comparison): string => counted(comparison.models.length, 'model');

/** The tables of a comparison; the first row of each is its head. */
interface ComparisonTables {
  /** The figures of all models. */
  values: string[][];
  /** Each model minus the first. */
  differences: string[][];
  /** The verdicts that are not absent everywhere. */
  verdicts: string[][];
  /** Each two of three or more models. */
  pairs: string[][];
}

export function comparisonTables({ models, figures, pairs = [] }: Comparison): ComparisonTables {
  const letters = models.map((_, i) => modelLetter(i));
  const others = letters.slice(1);
  const titles = new Map(models.flatMap(({ verdicts }) => verdicts.map(({ id, title }) => [id, title])));
  const verdicts = [...titles].map(([id, title]) => [
    title,
    ...models.map((model) => model.verdicts.find((each) => each.id === id)?.verdict ?? '–'),
  ]);
  const isTold = ([, ...each]: string[]) => each.some((verdict) => verdict !== 'absent' && verdict !== '–');
  const areMatched = pairs.some(({ matched }) => matched);
  return {
    values: [
      ['', ...letters],
      ...figures.map((figure) => [figure.name, ...models.map((_, i) => figureText(figure, i))]),
    ],
    differences: [
      ['', ...others.map((letter) => `${letter} − ${letters[0]}`)],
      ...figures.map((figure) => [figure.name, ...others.map((_, i) => differenceText(figure, i + 1))]),
    ],
    verdicts: [['', ...letters], ...verdicts.filter(isTold)],
    pairs: [
      ['', 'distance', 'barrier', ...(areMatched ? ['matched'] : [])],
      ...pairs.map(({ from, to, distance, barrier, matched }) => [
        `${letters[from]} to ${letters[to]}`,
        formatNumber(distance),
        barrier ? barrierText(barrier) : '–',
        ...(areMatched ? [matched ? barrierText(matched.barrier) : '–'] : []),
      ]),
    ],
  };
}
