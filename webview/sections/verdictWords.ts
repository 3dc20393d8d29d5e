import type { Finding, Level } from '../../src/report/report';
import { LEVEL_TEXT, levelOf } from '../../src/report/text/level';

/** The signs of the levels, which differ in shape as well as in colour. */
export const LEVEL_SIGN: Readonly<Record<Level, string>> = { action: '▲', notice: '●', open: '◐', fine: '✓' };

type Judged = Pick<Finding, 'id' | 'verdict' | 'severity' | 'level'>;

/** "Needs action · present": the consequence, then the verdict. */
export function verdictWords(finding: Judged): string {
  const { verdict } = finding;
  const level = levelOf(finding);
  return level === 'open' ? LEVEL_TEXT.open : `${LEVEL_TEXT[level]} · ${verdict}`;
}

/** "▲ Present": the same in a cell of a table. */
export function verdictMark(finding: Judged | undefined): string {
  if (!finding) return '–';
  const word = { present: 'Present', absent: 'Absent', inconclusive: 'Not resolved' }[finding.verdict];
  return `${LEVEL_SIGN[levelOf(finding)]} ${word}`;
}
