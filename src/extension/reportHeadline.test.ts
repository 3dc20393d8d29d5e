import { expect, it } from 'vitest';
import { reportHeadline } from './reportHeadline';
import type { StoredReport } from './reportStore';

const verdict = (title: string, level: 'action' | 'notice' | 'fine' | 'open'): StoredReport['verdicts'][number] => ({
  id: title.toLowerCase(),
  title,
  verdict: 'present',
  severity: 'low',
  level,
});

it('names what needs action, or else what is worth knowing', () => {
  const all = [verdict('Noise', 'notice'), verdict('Ill-conditioning', 'action'), verdict('Minimum', 'fine')];
  expect(reportHeadline({ complete: true, loss: 0.4244, verdicts: all })).toBe(
    'Loss 0.424 · needs action: Ill-conditioning',
  );
  expect(reportHeadline({ complete: true, loss: 0.5, verdicts: all.slice(0, 1) })).toBe(
    'Loss 0.5 · worth knowing: Noise',
  );
  const four = ['A', 'B', 'C', 'D'].map((title) => verdict(title, 'action'));
  expect(reportHeadline({ complete: true, loss: null, verdicts: four })).toBe(
    'No loss · needs action: A, B and 2 more',
  );
});

it('says when nothing was found, and when the report is not complete', () => {
  const fine = [verdict('Minimum', 'fine')];
  expect(reportHeadline({ complete: true, loss: 0.5, verdicts: fine })).toBe('Loss 0.5 · nothing found');
  expect(reportHeadline({ complete: false, loss: 0.5, verdicts: fine })).toBe(
    'Loss 0.5 · incomplete · nothing found yet',
  );
});
