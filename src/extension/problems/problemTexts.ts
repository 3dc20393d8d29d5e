import { shownSentence } from '../../foreignText';
import { inEditorWords } from '../../options/editorWords';
import { byLevel, levelOf } from '../../report/text/level';
import type { StoredReport } from '../reportStore';

/** A verdict as the Problems panel tells it. */
export interface Problem {
  /** Id of the verdict. */
  id: string;
  severity: 'warning' | 'information';
  message: string;
}

/** The verdicts of a report that need action, as warnings, and those worth knowing, as information. */
export function problemsOf({ verdicts }: Pick<StoredReport, 'verdicts'>): Problem[] {
  return byLevel(verdicts).flatMap((verdict): Problem[] => {
    const level = levelOf(verdict);
    // An index of an earlier version holds no summaries.
    if ((level !== 'action' && level !== 'notice') || verdict.summary === undefined) return [];
    const sentences = [verdict.summary, ...(verdict.advice === undefined ? [] : [verdict.advice])];
    return [
      {
        id: verdict.id,
        severity: level === 'action' ? 'warning' : 'information',
        message: shownSentence(inEditorWords(sentences.join(' '))),
      },
    ];
  });
}

/** The line of docs/verdicts.md that begins the section of a verdict, or its row in a table; counted from 1. */
export function lineOfVerdict(page: string, id: string): number {
  const lines = page.split('\n');
  const picture = lines.findIndex((line) => line.includes(`](pictures/${id}.png)`));
  const heading = lines.slice(0, Math.max(0, picture)).findLastIndex((line) => line.startsWith('### '));
  const row = lines.findIndex((line) => line.includes(`| \`${id}\` |`));
  return Math.max(heading >= 0 ? heading : row, 0) + 1;
}
