import { describe, expect, it } from 'vitest';
import type { Level, Severity, Verdict } from '../report/report';
import { verdictIcon, verdictLine } from './verdictIcon';

const report = (complete: boolean, ...verdicts: [Verdict, Severity][]) => ({
  complete,
  loss: 0.404431,
  verdicts: verdicts.map(([verdict, severity], i) => ({ id: `${i}`, title: `T${i}`, verdict, severity })),
});

describe('verdictIcon', () => {
  it('shows the gravest consequence', () => {
    expect(verdictIcon(report(true, ['absent', 'high'], ['present', 'low'])).icon).toBe('info');
    expect(verdictIcon(report(true, ['present', 'low'], ['present', 'high'])).icon).toBe('error');
    expect(verdictIcon(report(true, ['absent', 'info'], ['absent', 'high'])).icon).toBe('pass');
  });

  it('follows the level that a diagnostic chose', () => {
    const [verdict] = report(true, ['present', 'medium']).verdicts;
    const shown = (level: Level) => verdictIcon({ complete: true, verdicts: [{ ...verdict, level }] }).icon;
    expect([shown('action'), shown('notice'), shown('open'), shown('fine')]).toEqual([
      'error',
      'info',
      'question',
      'pass',
    ]);
  });

  it('does not mark unfinished or undecided reports as passed', () => {
    expect(verdictIcon(report(false)).icon).toBe('circle-slash');
    expect(verdictIcon(report(true, ['inconclusive', 'high'])).icon).toBe('question');
  });
});

describe('verdictLine', () => {
  it('names the verdicts that are present, and the loss', () => {
    expect(verdictLine(report(true, ['present', 'high'], ['absent', 'low']))).toBe('T0 · loss 0.4044');
    expect(verdictLine(report(true, ['absent', 'low']))).toBe('nothing found · loss 0.4044');
    expect(verdictLine(report(false))).toBe('incomplete · loss 0.4044');
  });
});
