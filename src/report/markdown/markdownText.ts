import { shownSentence } from '../../foreignText';

/** Escapes text from a model or its data, so that it cannot add markup, columns or hidden text to a Markdown page. */
export function markdownText(value: string): string {
  return shownSentence(value)
    .replace(/[\\`_[\]<>|#]/g, '\\$&')
    .replace(/\s+/g, ' ');
}

/** Formats a Markdown table. The cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
