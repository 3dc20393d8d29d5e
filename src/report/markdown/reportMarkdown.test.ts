import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportFromJson } from '../json';
import type { Report } from '../report';
import { reportMarkdown } from './reportMarkdown';

const report = reportFromJson(
  readFileSync(new URL('../../../test/fixtures/reports/synthetic-lenet.json', import.meta.url), 'utf8'),
);

const changed = (change: (copy: Report) => void): string => {
  const copy = structuredClone(report);
  change(copy);
  return reportMarkdown(copy);
};

const finding: Report['diagnostics'][number] = {
  id: 'saddle',
  title: 'Saddle point',
  verdict: 'present',
  severity: 'high',
  summary: 'The loss falls along an eigenvector.',
  evidence: [{ name: 'λ_min', value: -2, error: 0.5, threshold: 0 }],
  advice: ['Leave along it.'],
};

describe('the Markdown of a report', () => {
  it('puts the most severe verdicts first, with evidence, threshold and advice', () => {
    const text = changed((copy) => {
      copy.diagnostics = [{ ...finding, id: 'a', title: 'Mild', severity: 'low' }, finding];
    });
    expect(text.indexOf('**Saddle point** (present, high)')).toBeGreaterThan(0);
    expect(text.indexOf('**Mild**')).toBeGreaterThan(text.indexOf('**Saddle point**'));
    expect(text).toContain('- λ\\_min: −2.00 ± 0.50 (threshold 0)');
    expect(text).toContain('- → Leave along it.');
  });

  it('sets compared models side by side, and says what lies between them', () => {
    const text = changed((copy) => {
      const model = { sha256: '', parameterCount: 2, loss: 1, verdicts: [], lines: [], warnings: [] };
      copy.comparison = {
        models: [
          { ...model, path: 'a.onnx' },
          { ...model, path: 'b_2.onnx' },
        ],
        figures: [
          {
            id: 'loss',
            name: 'loss',
            values: [
              { value: 1, error: 0.1 },
              { value: 1.5, error: 0.1 },
            ],
            differences: [
              { value: 0, error: 0 },
              { value: 0.5, error: 0.05 },
            ],
            errors: 'paired',
          },
        ],
        distance: 2,
        line: { alpha: [0, 0.5, 1], loss: [1, 4, 1.5], barrier: { height: 2.75, at: 0.5, error: 0.1 } },
      };
    });
    expect(text).toContain('- B: b\\_2.onnx');
    expect(text).toContain('There is a barrier of 2.75 ± 0.10 at α = 0.5');
    expect(text).toContain('| loss | 1.00 ± 0.10 | 1.50 ± 0.10 | 0.500 ± 0.050 |');
  });

  it('gives what is fine one line', () => {
    const text = changed((copy) => {
      copy.diagnostics = [
        { ...finding, verdict: 'absent' },
        { ...finding, title: 'Cliff', verdict: 'absent' },
      ];
    });
    expect(text).toContain('Fine: Saddle point (absent), Cliff (absent).');
    expect(text).not.toContain('## Needs action');
  });

  it('says that a report is incomplete, and which self-checks failed', () => {
    const text = changed((copy) => {
      copy.complete = false;
      copy.checks = [{ id: 'slope', name: 'slope', value: 0.1, limit: 0.01, passed: false, detail: '' }] as never;
    });
    expect(text).toContain('**This report is incomplete');
    expect(text).toContain('**1 of 1 self-check failed: these figures may be wrong.**');
  });

  it('shows loss and curvature in one table', () => {
    const rows = reportMarkdown(report)
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows[0]).toBe('| figure | value |');
    expect(rows.map((line) => line.split(' | ')[0])).toEqual(expect.arrayContaining(['| loss', '| λ largest']));
  });

  it('shows foreign names without their markup', () => {
    const text = changed((copy) => {
      copy.diagnostics = [{ ...finding, summary: 'In ![x](http://example.org/a.png) | <b>\u001b[31m' }];
    });
    for (const markup of ['![x](', '<b>', '\u001b']) expect(text).not.toContain(markup);
  });
});
