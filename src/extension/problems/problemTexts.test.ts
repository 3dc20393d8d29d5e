import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTICS } from '../../diagnostics/judge';
import type { StoredReport } from '../reportStore';
import { lineOfVerdict, problemsOf } from './problemTexts';

const verdict = (more: Partial<StoredReport['verdicts'][number]>): StoredReport['verdicts'][number] => ({
  id: 'saddle',
  title: 'Saddle point',
  verdict: 'present',
  severity: 'high',
  level: 'action',
  summary: 'Saddle point.',
  ...more,
});

describe('problemsOf', () => {
  it('tells what needs action with the first advice, then what is worth knowing', () => {
    const verdicts = [
      verdict({ id: 'noise', level: 'notice', summary: 'Noisy.' }),
      verdict({ advice: 'Step out.' }),
      verdict({ id: 'minimum', level: 'fine' }),
      verdict({ id: 'sharpness', level: 'open' }),
    ];
    expect(problemsOf({ verdicts })).toEqual([
      { id: 'saddle', severity: 'warning', message: 'Saddle point. Step out.' },
      { id: 'noise', severity: 'information', message: 'Noisy.' },
    ]);
  });

  it('leaves out verdicts that an earlier version stored without a summary', () => {
    expect(problemsOf({ verdicts: [verdict({ summary: undefined })] })).toEqual([]);
  });

  it('makes hidden characters of a file visible', () => {
    const [{ message }] = problemsOf({ verdicts: [verdict({ summary: 'a\u202eb' })] });
    expect(message).not.toContain('\u202e');
  });
});

it('finds the section of every verdict', () => {
  const page = readFileSync('docs/verdicts.md', 'utf8');
  const lines = page.split('\n');
  const found = DIAGNOSTICS.map(({ id }) => lineOfVerdict(page, id));
  expect(new Set(found).size).toBe(DIAGNOSTICS.length);
  for (const line of found) expect(lines[line - 1]).toMatch(/^### |^\| /);
  expect(lines[lineOfVerdict(page, 'saddle') - 1]).toBe('### Saddle point');
});
