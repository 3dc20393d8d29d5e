import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reportFromJson } from '../report/json';
import type { Report } from '../report/report';
import { plain } from './paint';
import { summary } from './summary';

const full = reportFromJson(
  readFileSync(new URL('../../test/fixtures/reports/synthetic-lenet.json', import.meta.url), 'utf8'),
);
const report = withoutOptional(full);

/** A report without the newer fields, as earlier versions wrote it and as it is if they were not measured. */
function withoutOptional(whole: Report): Report {
  const copy = structuredClone(whole);
  delete copy.checks;
  Object.assign(copy.spectrum!.hessian!, { summary: undefined, parts: undefined });
  Object.assign(copy.spectrum!.ggn!, { summary: undefined, isFisher: undefined, residualPart: undefined });
  Object.assign(copy.parameters!, { filterNormalizedCurvature: undefined, symmetry: undefined });
  return copy;
}

function lines(change: (copy: Report) => void, columns = 100): string[] {
  const copy = structuredClone(report);
  change(copy);
  return summary(copy, { paint: plain, columns, files: [] }).split('\n');
}

function row(label: string, change: (copy: Report) => void): string | undefined {
  return lines(change)
    .find((line) => line.startsWith(label))
    ?.slice(16);
}

test('shows what the options say about the model, without control characters', () => {
  const text = lines((copy) => (copy.provenance.options = { about: 'A saddle.\x1b[31m Look down.' })).join('\n');
  expect(text).toContain('A saddle.\\x1b[31m Look down.');
});

const spectral: NonNullable<NonNullable<Report['spectrum']>['hessian']>['summary'] = {
  frobenius: { value: 98.2, standardError: 1.4 },
  effectiveRank: { value: 41.2, standardError: 3, c: 1.02 },
  nearZero: { value: 0.912, standardError: 0.004, bound: 2e-3 },
  negative: { value: 2310, standardError: 120 },
  outliers: { values: [60, 51, 27], bound: 8.1, complete: false },
};
const measured = (copy: Report): void => {
  copy.spectrum!.hessian!.summary = spectral;
  copy.spectrum!.hessian!.parts = ['c1', 'f1', 'f2', 'f3'].map((name, i) => ({
    name,
    level: 'tensor',
    count: 10,
    trace: { value: 10 * (i + 1), standardError: 1 },
    rowNorm: { value: 1, standardError: 0 },
  }));
  copy.spectrum!.ggn!.isFisher = true;
  copy.spectrum!.ggn!.residualPart = {
    trace: { value: -12, standardError: 4 },
    relativeNorm: { value: 0.12, standardError: 0.02 },
    probes: 4,
  };
};

test('shows sums over the spectrum, outliers beside classes, and estimates beside certified counts', () => {
  expect(row('‖H‖_F', measured)).toBe('98.2 ± 1.4');
  expect(row('effective rank', measured)).toBe('41.2 ± 3.0   Σ λ⁺/(λ⁺ + c), c = 1.0');
  const single = (copy: Report) => {
    measured(copy);
    const { value } = spectral.effectiveRank;
    const nearZero = { value: 0.912, bound: 2e-3 };
    copy.spectrum!.hessian!.summary = { ...spectral, effectiveRank: { value, c: 1 }, nearZero };
  };
  expect(row('effective rank', single)).toBe('41.2 (error not known)   Σ λ⁺/(λ⁺ + c), c = 1');
  expect(row('λ near zero', single)).toBe('91.2 % (error not known) of all within ±0.002');
  expect(row('outliers', measured)).toBe('at least 3 beyond ±8.1 (10 classes)');
  expect(row('λ near zero', measured)).toBe('91.20 ± 0.40 % of all within ±0.002');
  expect(row('λ negative', measured)).toBe('about 2310 ± 120, 5 or more proven');
  expect(row('sharpest', measured)).toBe('f3 40 %, f2 30 %, f1 20 % of the trace');
});

test('shows G and H − G below H', () => {
  expect(row('trace of G', measured)).toBe('262 ± 11   G is the Fisher matrix');
  expect(row('H − G', measured)).toBe('trace −12.0 ± 4.0   ‖H − G‖_F is 12.0 ± 2.0 % of ‖H‖_F');
});

test('has no row for figures that were not measured', () => {
  const text = lines(() => undefined).join('\n');
  for (const absent of ['‖H‖_F', 'outliers', 'sharpest', 'H − G', 'self-check', 'scale-free']) {
    expect(text).not.toContain(absent);
  }
  expect(lines((copy) => delete copy.spectrum).length).toBeGreaterThan(5);
});

test('begins with a failed self-check', () => {
  const checks = [
    { name: 'symmetry', value: 0.031, limit: 1e-4, passed: false, detail: 'over 3 pairs' },
    { name: 'differences', value: 1e-5, limit: 1e-2, passed: true, detail: '' },
  ];
  const shown = lines((copy) => (copy.checks = checks));
  const at = shown.indexOf('✗ 1 of 2 self-checks FAILED: these figures may be wrong');
  expect(at).toBeGreaterThan(0);
  expect(shown[at + 1]).toBe('  symmetry: 0.031 exceeds 1 × 10⁻⁴ (over 3 pairs)');
  expect(at).toBeLessThan(shown.findIndex((line) => line.includes('Local minimum')));
  expect(row('self-checks', (copy) => (copy.checks = checks.slice(1)))).toBe('1 passed');
  const open = { ...checks[1], judged: false };
  expect(row('self-checks', (copy) => (copy.checks = [checks[1], open]))).toBe('1 passed, 1 could not be judged');
});

test('marks a first estimate', () => {
  const shown = lines((copy) => (copy.spectrum!.hessian!.preliminary = { samples: 200 })).join('\n');
  expect(shown).toContain('first estimate, over 200 samples.');
});
