import { describe, expect, it } from 'vitest';
import type { Escapes } from './escape';
import { LIMITS } from './limits';
import { minimum } from './minimum';
import { bowl, descended, extremes } from './testMeasurements';

const tried = { best: null, probes: 4 };
const judge = (gradientNorm: number, ends: Parameters<typeof extremes>[0], escape: Escapes | undefined = tried) =>
  minimum.judge({ ...bowl({ gradientNorm }), dim: 12, extremes: extremes(ends), escape }, LIMITS)!;
const wayOut = (decrease: number) => ({
  best: { direction: 'random/1', step: 0.1, loss: 1 - decrease, decrease: { value: decrease, error: 1e-6 } },
  probes: 4,
});

describe('minimum', () => {
  it('is strict where all eigenvalues are known and positive', () => {
    const finding = judge(0, { max: 2, min: 0.1, error: 0.01, exact: true });
    expect(finding.verdict).toBe('present');
    expect(finding.summary).toMatch(/Strict local minimum.*all 12 eigenvalues are positive/);
  });

  it('is degenerate where some eigenvalues cannot be told from zero', () => {
    const finding = judge(0, { max: 2, min: 1e-9, error: 1e-6, exact: true, zero: 3 });
    expect(finding.verdict).toBe('present');
    expect(finding.summary).toContain('3 flat directions');
  });

  it('is not claimed with flat directions before leaving was tried', () => {
    const flat = { max: 2, min: 1e-9, error: 1e-6, exact: true, zero: 3 };
    expect(minimum.judge({ ...bowl({ gradientNorm: 0 }), dim: 12, extremes: extremes(flat) }, LIMITS)?.verdict).toBe(
      'inconclusive',
    );
    expect(judge(0, flat, { best: null, probes: 0 }).verdict).toBe('inconclusive');
  });

  it('is absent where a way out lowers the loss noticeably', () => {
    const flat = { max: 2, min: 1e-9, error: 1e-6, exact: true, zero: 3 };
    expect(judge(0, flat, wayOut(0.2)).verdict).toBe('absent');
    expect(judge(0, flat, wayOut(0.2)).summary).toContain('all layers move together');
    expect(judge(0, flat, wayOut(5e-4)).verdict).toBe('present');
  });

  it('is absent where L-BFGS descends from a gradient that is small but not zero, as along a ravine', () => {
    const ravine = (gradientNorm: number, reached: number) =>
      minimum.judge(
        {
          ...bowl({ gradientNorm, curvature: 100 * gradientNorm ** 2 }),
          dim: 12,
          extremes: extremes({ max: 100, min: 0.1, error: 0.01, exact: true }),
          elsewhere: descended(reached),
        },
        LIMITS,
      )!.verdict;
    // g²/(2·100) of the loss of 1 is what the best step gains.
    expect(ravine(0.1, 0.5)).toBe('absent');
    expect(ravine(0.1, 0.99)).toBe('present');
    expect(ravine(0, 0.5)).toBe('present');
  });

  it('is claimed only as far as Lanczos sees where not every eigenvalue is known', () => {
    expect(judge(0, { max: 2, min: 0.1, error: 0.01 }).summary).toContain('as far as Lanczos sees');
    expect(judge(0, { max: 2, min: 0.1, error: 0.01, converged: false }).verdict).toBe('inconclusive');
  });

  it('is inconclusive where the error of λ_min leaves room for noticeable negative curvature', () => {
    expect(judge(0, { max: 1, min: 0, error: 0.009 }).verdict).toBe('present');
    expect(judge(0, { max: 1, min: 0, error: 0.011 }).verdict).toBe('inconclusive');
  });

  it('is absent where a direction certainly curves down, even if the gradient is unclear', () => {
    expect(judge(0, { max: 1, min: -0.1 }).verdict).toBe('absent');
    expect(judge(0.1, { max: 1, min: -0.1 }).verdict).toBe('absent');
  });

  it('is absent where the loss still falls, and inconclusive where it falls a little', () => {
    expect(judge(1, { max: 1, min: 0.1 }).verdict).toBe('absent');
    expect(judge(0.1, { max: 1, min: 0.1 }).verdict).toBe('inconclusive');
  });
});
