import { expect, it } from 'vitest';
import { comparedVerdicts } from './comparedVerdicts';
import { verdictMark } from './verdictWords';

const verdict = (id: string, of: 'present' | 'absent' | 'inconclusive') => ({
  id,
  title: `Title of ${id}`,
  verdict: of,
  severity: 'low' as const,
  summary: '',
});

it('lists verdicts that differ first, and those that a model lacks among them', () => {
  const rows = comparedVerdicts([
    { verdicts: [verdict('saddle', 'absent'), verdict('cliff', 'present')] },
    { verdicts: [verdict('saddle', 'absent'), verdict('cliff', 'absent'), verdict('noise', 'present')] },
  ]);
  expect(rows.map(({ id, differs }) => [id, differs])).toEqual([
    ['cliff', true],
    ['noise', true],
    ['saddle', false],
  ]);
  expect(rows[1].verdicts.map(verdictMark)).toEqual(['–', '● Present']);
});
