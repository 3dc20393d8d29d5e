import { join } from 'node:path';
import { spokenInEditor } from '../protocol/spokenInEditor';
import { readPage, renderHtml } from '../report/html';
import { reportToJson } from '../report/json';
import { reportMarkdown } from '../report/markdown/reportMarkdown';
import type { Report } from '../report/report';

/** The forms of a report that are one text. */
export type TextFormat = 'html' | 'json' | 'markdown';

/**
 * Writes a report as it leaves the editor: its sentences are those of the page there, with buttons and settings instead
 * of flags. The report that is kept stays as it was measured.
 * @param extension the folder of the extension, which holds the page
 */
export async function exportText(extension: string, stored: Report, format: TextFormat): Promise<string> {
  const report = spokenInEditor(stored);
  switch (format) {
    case 'json':
      return reportToJson(report);
    case 'markdown':
      return reportMarkdown(report);
    case 'html':
      return renderHtml(report, await readPage(join(extension, 'dist', 'webview')));
  }
}
