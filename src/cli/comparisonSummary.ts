import { shownThroughout } from '../foreignText';
import type { Report } from '../report/report';
import type { BetweenModels, Comparison } from '../report/sections/comparison';
import {
  barrierText,
  comparisonSentences,
  comparisonTables,
  errorNote,
  modelCount,
  modelLetter,
} from '../report/text/comparison';
import { formatCount } from '../text/counts';
import { withShownNames } from '../report/text/shownNames';
import { formatNumber } from '../text/numbers';
import { columns as aligned } from './columns';
import { sparkline } from './sparkline';
import type { SummaryOptions } from './summary';
import { wrapped } from './wrapped';

const LABEL = 16;
const MAX_CHART = 60;
/** With more models than this, the differences get a table of their own. */
const MOST_IN_ONE_TABLE = 3;

/** Formats a comparison for the terminal: what it means, the figures side by side, verdicts, and the lines. */
export function comparisonSummary(measured: Report, { paint, columns, files }: SummaryOptions): string {
  const report = shownThroughout(withShownNames(measured));
  const { comparison, objective } = report;
  if (!comparison) throw new Error('The report compares nothing.');
  const data = objective ? ` · ${objective.function} over ${formatCount(objective.samples)} samples` : '';
  const { verdicts, pairs } = comparisonTables(comparison);
  const warnings = [...new Set([...comparison.models.flatMap((model) => model.warnings), ...report.warnings])];
  const blocks = [
    [
      paint.bold(`Comparison of ${modelCount(comparison)}`) + paint.dim(data),
      ...comparison.models.map(({ path }, i) => `${modelLetter(i)}  ${path}`),
    ],
    report.complete ? [] : [paint.yellow('This comparison is incomplete: it was cancelled.')],
    report.headline ? wrapped(report.headline.state, columns, 0).map(paint.bold) : [],
    comparisonSentences(comparison).flatMap((sentence) => wrapped(sentence, columns, 0)),
    ...figureTables(comparison),
    wrapped(errorNote(comparison.figures), columns, 2).map(paint.dim),
    verdicts.length > 1 ? aligned(verdicts) : [],
    pictures(comparison, Math.min(MAX_CHART, columns - LABEL - 2), paint.dim),
    pairs.length > 1 ? aligned(pairs) : [],
    warnings.flatMap((warning) => wrapped(`! ${warning}`, columns, 2).map(paint.yellow)),
    (report.notes ?? []).flatMap((note) => wrapped(`Note: ${note}`, columns, 2).map(paint.dim)),
    files.map((file) => `${'written'.padEnd(LABEL)}${file}`),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function figureTables(comparison: Comparison): string[][] {
  const { values, differences } = comparisonTables(comparison);
  if (comparison.models.length > MOST_IN_ONE_TABLE) return [aligned(values), aligned(differences)];
  return [aligned(values.map((row, i) => [...row, ...differences[i].slice(1)]))];
}

function pictures({ line, matched }: Comparison, width: number, dim: (text: string) => string): string[] {
  if (width < 8) return [];
  const drawn: [string, BetweenModels | undefined][] = [
    ['A to B', line],
    ['A to matched B', matched?.line],
    ['… recomputed', matched?.repaired],
  ];
  return drawn.flatMap(([label, between]) =>
    between ? [`${label.padEnd(LABEL)}${sparkline(between.loss, width)}  ${dim(extent(between))}`] : [],
  );
}

function extent({ loss, barrier }: BetweenModels): string {
  const finite = loss.filter(Number.isFinite);
  const range =
    finite.length > 0
      ? `loss ${formatNumber(Math.min(...finite), 3)} … ${formatNumber(Math.max(...finite), 3)}`
      : 'no finite loss';
  return `${range}, barrier ${barrierText(barrier)}`;
}
