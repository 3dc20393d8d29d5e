import type { Finding, Report } from '../report/report';
import { standingOf } from './headline/standing';
import type { Limits } from './limits';
import type { Measurements } from './measurements';

/** Verdicts that matter at a good minimum as well. */
const ABOUT_DATA: readonly Finding['id'][] = [
  'numerical-trouble',
  'surrogate',
  'symmetry',
  'overfitting',
  'local-global',
];

/**
 * What hinders learning needs no action where training has arrived at a low loss: such verdicts are worth knowing there.
 * @param measurements of the report
 */
export function easedWhereArrived(
  findings: Finding[],
  report: Report,
  measurements: Partial<Measurements>,
  limits: Limits,
): Finding[] {
  const verdicts = (id: string) => findings.find((finding) => finding.id === id);
  if (standingOf(report, measurements, verdicts, limits).level !== 'fine') return findings;
  return findings.map((finding) =>
    finding.level === 'action' && !ABOUT_DATA.includes(finding.id) ? { ...finding, level: 'notice' } : finding,
  );
}
