import { expect, it } from 'vitest';
import type { Finding, Report } from '../report/report';
import { earlyVerdicts } from './earlyVerdicts';
import { paintFor } from './paint';

const plain = paintFor({ isTTY: false } as NodeJS.WriteStream, {});
const finding = (id: string, verdict: Finding['verdict']) =>
  ({ id, title: `Title of ${id}`, verdict, severity: 'info', summary: '', evidence: [], advice: [] }) as Finding;
const report = (...diagnostics: Finding[]) =>
  ({ complete: false, model: { parameters: [] }, diagnostics }) as unknown as Report;

it('prints each verdict once, when it is decided', () => {
  const early = earlyVerdicts(plain);
  expect(early(report(finding('saddle', 'inconclusive')))).toEqual([]);
  expect(early(report(finding('saddle', 'present')))).toEqual(['● Title of saddle present: worth knowing']);
  expect(early(report(finding('saddle', 'present'), finding('minimum', 'absent')))).toEqual([
    '○ Title of minimum absent: worth knowing',
  ]);
});

it('prints a verdict again when further measurements change it', () => {
  const early = earlyVerdicts(plain);
  early(report(finding('saddle', 'present')));
  expect(early(report(finding('saddle', 'inconclusive')))).toEqual(['? Title of saddle inconclusive']);
});

it('leaves the last word to the summary', () => {
  expect(earlyVerdicts(plain)({ ...report(finding('saddle', 'present')), complete: true })).toEqual([]);
});
