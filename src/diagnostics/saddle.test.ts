import { describe, expect, it } from 'vitest';
import { LIMITS } from './limits';
import { saddle } from './saddle';
import { bowl, extremes } from './testMeasurements';

const judge = (gradientNorm: number, ends: Parameters<typeof extremes>[0], parameterNorm = 100) =>
  saddle.judge({ ...bowl({ gradientNorm, parameterNorm }), extremes: extremes(ends) }, LIMITS)!;

describe('saddle', () => {
  it('is present where the gradient vanishes and a direction certainly curves down', () => {
    const finding = judge(0, { max: 2, min: -2, exact: true, negative: 3 }, 0);
    expect(finding).toMatchObject({ verdict: 'present', severity: 'high', shownIn: 'spectrum' });
    expect(finding.summary).toContain('index 3:');
    expect(finding.advice[0]).toContain('initialise them at random');
  });

  it('has a lower bound of its index where not every eigenvalue is known', () => {
    expect(judge(0, { max: 2, min: -1, negative: 7 }).summary).toContain('index 7 or more');
    expect(judge(0, { max: 2, min: -1, negative: 7, exact: true, zero: 2 }).summary).toContain('index 7 to 9');
  });

  it('is inconclusive when the error bar of λ_min touches zero, present when it does not', () => {
    expect(judge(0, { max: 1, min: -0.01, error: 0.01 }).verdict).toBe('inconclusive');
    expect(judge(0, { max: 1, min: -0.01, error: 0.00999 }).verdict).toBe('present');
  });

  it('is absent where the loss still falls, however it curves', () => {
    expect(judge(1, { max: 1, min: -1 }).verdict).toBe('absent');
  });

  it('is inconclusive where the gradient is small but not zero', () => {
    const finding = judge(0.1, { max: 1, min: -0.5 });
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.summary).toContain('not clearly a critical point');
  });

  it('is absent at a minimum', () => {
    expect(judge(0, { max: 2, min: 0.5, error: 0.1, exact: true }).verdict).toBe('absent');
    expect(judge(0, { max: 2, min: 0.5, error: 0.1 }).verdict).toBe('absent');
  });

  it('is inconclusive where the lowest Ritz value is positive but has not converged: λ_min may lie below', () => {
    expect(judge(0, { max: 2, min: 0.5, error: 0.1, converged: false }).verdict).toBe('inconclusive');
  });

  it('tells how fast a deviation grows, and nothing where no direction curves down', () => {
    expect(judge(0, { max: 2, min: -1, negative: 7 }).advice[0]).toMatch(
      /: at learning rate 0\.5 a deviation grows tenfold in 6 steps\.$/,
    );
    const best = { direction: 'v_min', step: 1, loss: -1, decrease: { value: 2, error: 0 } };
    const flat = { ...bowl({ gradientNorm: 0 }), extremes: extremes({ max: 0, min: 0, exact: true, zero: 3 }) };
    const degenerate = saddle.judge({ ...flat, escape: { best, probes: 1 } }, LIMITS)!;
    expect(degenerate.summary).toMatch(/^Degenerate saddle/);
    expect(degenerate.advice[0]).toMatch(/, or add noise to the gradient\.$/);
  });

  it('matters more, the stronger the negative curvature, and most where the gradient is zero', () => {
    const small = 0.02; // decreases the loss by 2e-4: stationary, not zero
    expect(judge(small, { max: 1, min: -0.005 }).severity).toBe('low');
    expect(judge(small, { max: 1, min: -0.05 }).severity).toBe('medium');
    expect(judge(small, { max: 1, min: -0.5 }).severity).toBe('high');
    expect(judge(0, { max: 1, min: -0.005 }).severity).toBe('high');
  });
});
