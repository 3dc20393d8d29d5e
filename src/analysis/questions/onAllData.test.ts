import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge } from '../../diagnostics/judge';
import { reportFromJson } from '../../report/json';
import type { HessianSpectrum, Report } from '../../report/report';
import { isCertainlyIllConditioned, withstandsTheDraw } from './onAllData';

const read = (name: string) => reportFromJson(readFileSync(`test/fixtures/reports/${name}.json`, 'utf8'));
const saddle = read('synthetic-saddle');

function withSpectrum(report: Report, hessian: Partial<HessianSpectrum>): Report {
  const changed = { ...report, spectrum: { hessian: { ...report.spectrum!.hessian!, ...hessian } } };
  return { ...changed, diagnostics: judge(changed) };
}

describe('a verdict on drawn samples', () => {
  const ends = (dataError: number): Partial<HessianSpectrum> => ({
    exact: undefined,
    all: undefined,
    certifiedNegative: undefined,
    noiseFloor: 1e-6,
    top: [{ value: 3, residual: 1e-6, converged: true, dataError: 0.01 }],
    bottom: [{ value: -1, residual: 1e-6, converged: true, dataError }],
  });

  it('stands where the eigenvalue is negative beyond three errors over the data', () => {
    const certain = withSpectrum(saddle, ends(0.3));
    expect(certain.diagnostics.find(({ id }) => id === 'saddle')!.verdict).toBe('present');
    expect(withstandsTheDraw(certain, ['saddle'])).toBe(true);
  });

  it('falls where other samples could turn the sign', () => {
    expect(withstandsTheDraw(withSpectrum(saddle, ends(0.4)), ['saddle'])).toBe(false);
  });

  it('falls where it is open or missing', () => {
    expect(withstandsTheDraw(saddle, ['no such verdict'])).toBe(false);
    const open = saddle.diagnostics.map((finding) => ({ ...finding, verdict: 'inconclusive' as const }));
    expect(withstandsTheDraw({ ...saddle, diagnostics: open }, ['saddle'])).toBe(false);
  });
});

describe('the conditioning on drawn samples', () => {
  const dim = 100_000;
  /** k eigenvalues from `largest` down, and a bulk of ±`bulk`, as a probe sees them. */
  const spectrum = (bulk: number): Report => {
    const probe = { nodes: [-bulk, bulk, 100], weights: [0.5, 0.5 - 5 / dim, 5 / dim] };
    const top = [104, 103, 102, 101, 100].map((value) => ({ value, residual: 0, converged: true, dataError: 1 }));
    const { model } = saddle;
    const hessian = { exact: undefined, all: undefined, noiseFloor: 0, top, ritz: [probe, probe] };
    return withSpectrum({ ...saddle, model: { ...model, parameterCount: dim } }, hessian);
  };

  it('is certain where the sum of squares bounds the median far below λ_max', () => {
    expect(isCertainlyIllConditioned(spectrum(0.01))).toBe(false);
    const large = spectrum(0.01);
    expect(isCertainlyIllConditioned({ ...large, model: { ...large.model, parameterCount: 100 * dim } })).toBe(true);
  });

  it('is not where the bulk is wide, or only one probe was drawn', () => {
    const wide = spectrum(2);
    expect(isCertainlyIllConditioned({ ...wide, model: { ...wide.model, parameterCount: 100 * dim } })).toBe(false);
    const { hessian } = spectrum(0.01).spectrum!;
    const single = withSpectrum(spectrum(0.01), { ritz: hessian!.ritz!.slice(0, 1) });
    expect(isCertainlyIllConditioned({ ...single, model: { ...single.model, parameterCount: 100 * dim } })).toBe(false);
  });
});
