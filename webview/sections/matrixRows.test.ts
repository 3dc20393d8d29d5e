import { expect, it } from 'vitest';
import type { SpectralSummary } from '../../src/report/sections/spectralSummary';
import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { matrixRows, residualSentence } from './matrixRows';

const summary: SpectralSummary = {
  frobenius: { value: 98.2, standardError: 1.4 },
  effectiveRank: { value: 41, standardError: 3, c: 1.02 },
  nearZero: { value: 0.912, standardError: 0.004, bound: 2e-3 },
  negative: { value: 2310, standardError: 120 },
  outliers: { values: [60, 51, 27], bound: 8.1, complete: false },
};
const hessian: HessianSpectrum = {
  top: [{ value: 60, residual: 0.01, converged: true }],
  bottom: [],
  products: 3,
  noiseFloor: 0,
  certifiedNegative: 5,
  summary,
};
const ggn: GgnSpectrum = {
  top: [],
  trace: { value: 262, standardError: 11, probes: 8 },
  products: 3,
  noiseFloor: 0,
  residualPart: {
    trace: { value: -12, standardError: 4 },
    relativeNorm: { value: 0.12, standardError: 0.02 },
    probes: 4,
  },
};

const named = (rows: ReturnType<typeof matrixRows>, name: string) => rows.find((row) => row.name.startsWith(name));

it('shows H, G and H − G side by side', () => {
  const rows = matrixRows(hessian, ggn, 10);
  expect(named(rows, 'Trace')).toEqual({
    name: 'Trace',
    hessian: undefined,
    ggn: { figure: '262 ± 11' },
    difference: { figure: '−12.0 ± 4.0' },
  });
  expect(named(rows, 'Frobenius')).toMatchObject({
    hessian: { figure: '98.2 ± 1.4' },
    difference: { figure: '12.0 ± 2.0 %', note: 'of ‖H‖_F' },
  });
});

it('compares outliers with classes, and says when there may be more', () => {
  const rows = matrixRows(hessian, undefined, 10);
  expect(named(rows, 'Outliers')).toMatchObject({
    note: '10 classes',
    hessian: { figure: 'at least 3', note: 'beyond ±8.1' },
  });
  expect(named(matrixRows(hessian, undefined, undefined), 'Outliers')!.note).toBeUndefined();
});

it('keeps the estimated and the certified number of negative eigenvalues apart', () => {
  const negative = (each: HessianSpectrum) => named(matrixRows(each, undefined, undefined), 'Negative')?.hessian;
  expect(negative(hessian)).toEqual({ figure: '2310 ± 120', note: '5 or more proven' });
  const many = { ...summary, negative: { value: 22801.4, standardError: 3794 } };
  expect(negative({ ...hessian, summary: many })!.figure).toBe('22,800 ± 3,800');
  expect(negative({ ...hessian, summary: undefined })).toEqual({ figure: '5 or more proven' });
  expect(negative({ ...hessian, certifiedNegative: undefined })).toEqual({ figure: '2310 ± 120', note: undefined });
});

it('has no row for figures that were not measured', () => {
  expect(matrixRows(undefined, undefined, 10)).toEqual([]);
  const bare = matrixRows({ ...hessian, summary: undefined, certifiedNegative: undefined }, undefined, 10);
  expect(bare.map(({ name }) => name)).toEqual(['λ_max']);
});

it.each([
  [0.04, 'nearly all of'],
  [0.3, 'much of'],
  [0.9, 'only part of'],
])('says what H − G means at %s of the norm', (value, words) => {
  const part = { ...ggn.residualPart!, relativeNorm: { value, standardError: 0.01 } };
  expect(residualSentence(part)).toContain(words);
});
