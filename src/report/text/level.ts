import type { Finding, Level } from '../sections/diagnostics';

/** What a verdict means for the reader, from what needs action to what is fine. */
export const LEVELS: readonly Level[] = ['action', 'notice', 'open', 'fine'];

/** The words for a level, wherever a person reads them. */
export const LEVEL_TEXT: Readonly<Record<Level, string>> = {
  action: 'Needs action',
  notice: 'Worth knowing',
  open: 'Not resolved',
  fine: 'Fine',
};

const SEVERITIES: readonly Finding['severity'][] = ['high', 'medium', 'low', 'info'];

type Judged = Pick<Finding, 'verdict' | 'severity'>;

/**
 * The level of a verdict whose diagnostic does not choose another: a medium or high severity needs action, what is
 * absent is fine, and what is inconclusive is open.
 */
export function defaultLevel({ verdict, severity }: Judged): Level {
  if (verdict === 'inconclusive') return 'open';
  if (verdict === 'absent') return 'fine';
  return severity === 'high' || severity === 'medium' ? 'action' : 'notice';
}

/** The level of a finding. Reports of earlier versions do not hold one. */
export function levelOf(finding: Judged & Pick<Finding, 'id' | 'level'>): Level {
  if (finding.level !== undefined) return finding.level;
  if (finding.id === 'minimum' && finding.verdict !== 'inconclusive') {
    return finding.verdict === 'present' ? 'fine' : 'notice';
  }
  return defaultLevel(finding);
}

/** Sorts findings: what needs action first, and within a level the most severe first. */
export function byLevel<F extends Judged & Pick<Finding, 'id' | 'level'>>(findings: readonly F[]): F[] {
  const rank = (finding: F) => LEVELS.indexOf(levelOf(finding));
  const severityRank = ({ severity }: F) => SEVERITIES.indexOf(severity);
  return [...findings].sort((a, b) => rank(a) - rank(b) || severityRank(a) - severityRank(b));
}
