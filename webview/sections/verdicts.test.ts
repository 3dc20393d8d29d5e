import { expect, it } from 'vitest';
import type { Finding, Severity, Verdict } from '../../src/report/report';
import { sortFindings } from './verdicts';

it('lists present verdicts first, by severity, and absent ones last', () => {
  const finding = (verdict: Verdict, severity: Severity): Finding => ({
    id: `${verdict}-${severity}`,
    title: '',
    verdict,
    severity,
    summary: '',
    evidence: [],
    advice: [],
  });
  const sorted = sortFindings([
    finding('absent', 'high'),
    finding('present', 'low'),
    finding('inconclusive', 'medium'),
    finding('present', 'high'),
  ]);
  expect(sorted.map(({ id }) => id)).toEqual(['present-high', 'present-low', 'inconclusive-medium', 'absent-high']);
});
