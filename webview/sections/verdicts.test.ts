import { expect, it } from 'vitest';
import type { Finding, Severity, Verdict } from '../../src/report/report';
import { sortFindings } from './verdicts';

it('puts what is there first, the severe before the mild, and what is not there last', () => {
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
