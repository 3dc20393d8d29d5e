import type { Comparison } from '../sections/comparison';
import { comparisonSentences, comparisonTables, errorNote, modelLetter } from '../text/comparison';
import { markdownTable, markdownText } from './markdownText';

/** Writes a comparison as Markdown: the models, what lies between them, the figures side by side, and the verdicts. */
export function comparisonMarkdown(comparison: Comparison): string[] {
  const { models, figures } = comparison;
  if (models.length === 0) return [];
  const { values, differences, verdicts, pairs } = comparisonTables(comparison);
  const table = ([head, ...rows]: string[][]) => (rows.length > 0 ? [markdownTable(head, rows)] : []);
  return [
    models.map(({ path }, i) => `- ${modelLetter(i)}: ${markdownText(path)}`).join('\n'),
    ...comparisonSentences(comparison).map(markdownText),
    ...table(values.map((row, i) => [...row, ...differences[i].slice(1)])),
    ...(figures.length > 0 ? [markdownText(errorNote(figures))] : []),
    ...table(verdicts),
    ...table(pairs),
  ];
}
