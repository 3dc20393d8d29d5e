import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { QuestionAnswer } from '../../protocol/worker';
import { reportFromJson } from '../../report/json';
import { answerText, sectionOf } from './answerText';

const report = reportFromJson(readFileSync('test/fixtures/reports/synthetic-saddle.json', 'utf8'));
const saddle = report.diagnostics.find(({ id }) => id === 'saddle')!;
const answer = (change: Partial<QuestionAnswer> = {}): QuestionAnswer => ({
  findings: [saddle],
  report,
  whole: false,
  ...change,
});

describe('answerText', () => {
  it('tells the verdict with its figures, and what it was measured on', () => {
    const drawn = { ...report, objective: { ...report.objective!, samples: 256, drawnFrom: 60_000 } };
    expect(answerText('saddle', answer({ report: drawn }), 1.2)).toBe(
      `${saddle.summary} Measured on 256 of 60,000 samples, drawn at random, in 1.20 s.`,
    );
  });

  it('says where a finished analysis has the answer', () => {
    expect(answerText('saddle', answer({ whole: true }), 0.1)).toMatch(
      / Taken from the finished analysis of all [\d,]+ samples\.$/,
    );
  });

  it('says that an answer is not resolved', () => {
    const open = (summary: string) => answer({ findings: [{ ...saddle, verdict: 'inconclusive', summary }] });
    expect(answerText('saddle', open('No direction was proven.'), 1)).toMatch(
      /^Not resolved: no direction was proven\. /,
    );
    expect(answerText('saddle', open('λ_max is small.'), 1)).toMatch(/^Not resolved: λ_max is small\. /);
  });

  it('says why there is no answer', () => {
    expect(answerText('conditioning', answer({ findings: [] }), 1)).toMatch(/^The conditioning cannot be told/);
    const notFinite = { what: 'The loss is NaN.', action: '' };
    const lost = { ...report, objective: { ...report.objective!, notFinite } };
    expect(answerText('saddle', answer({ findings: [], report: lost }), 1)).toMatch(/^The loss is NaN\. /);
  });
});

it('shows the section of the evidence, or that of the question', () => {
  expect(sectionOf('saddle', answer())).toBe(saddle.shownIn ?? 'spectrum');
  expect(sectionOf('layerGradients', { findings: [] })).toBe('inside');
});
