import { describe, expect, it } from 'vitest';
import { criticalPoint } from './criticalPoint';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { bowl, extremes, loss } from './testMeasurements';

const judge = (measurements: Partial<Measurements>) => criticalPoint.judge(measurements, LIMITS)!;

describe('critical point', () => {
  it('is present where the gradient is exactly zero', () => {
    const finding = judge({ ...bowl({ gradientNorm: 0 }), extremes: extremes({ max: 3, min: -1 }) });
    expect(finding).toMatchObject({ verdict: 'present', shownIn: 'descent' });
    expect(finding.summary).toContain('exactly zero');
  });

  it('is present where the gradient is no larger than its noise, and judged by size just above', () => {
    expect(judge(bowl({ gradientNorm: 1e-3, gradientNoise: 1e-3 })).summary).toContain('within float32 noise');
    expect(judge(bowl({ gradientNorm: 1.001e-3, gradientNoise: 1e-3, curvature: 1e-9 })).summary).not.toContain(
      'noise',
    );
  });

  it('takes the measured change under rounding for noise, and no bound by λ·‖θ‖', () => {
    const at = (gradientNoise: number) =>
      judge({
        ...bowl({ gradientNorm: 0.5, gradientNoise, parameterNorm: 10 }),
        extremes: extremes({ max: 2 ** 30, min: 1 }),
      });
    expect(at(0.5).summary).toContain('within float32 noise');
    expect(at(0.49).summary).not.toContain('within float32 noise');
  });

  it('believes the line search and not the quadratic model', () => {
    const steep = bowl({ gradientNorm: 1e3, curvature: 1e-3, lossValue: 1 });
    const searched = (decrease: number, error = 0) =>
      judge({ ...steep, descent: { step: 1, decrease: { value: decrease, error } } });
    expect(searched(0.71).summary).toContain('lowers the loss by 71');
    expect(searched(0.71).verdict).toBe('absent');
    expect(searched(1e-4).verdict).toBe('present');
    expect(searched(0.1, 0.09).verdict).toBe('inconclusive');
  });

  it('does not repeat what a quadratic model promises beyond the whole loss', () => {
    const { summary, verdict } = judge(bowl({ gradientNorm: 30, curvature: 1, lossValue: 1 }));
    expect(verdict).toBe('absent');
    expect(summary).toContain('by more than all of it, as far as its quadratic model holds');
    expect(summary).not.toContain('%');
  });

  it('measures decreases against a fraction of the chance loss where the data are interpolated', () => {
    const at = (lossValue: number, chance: number | null) =>
      judge({
        ...bowl({ gradientNorm: 1, lossValue }),
        loss: loss(lossValue, { chance }),
        descent: { step: 1, decrease: { value: 0.9 * lossValue, error: 0 } },
      }).verdict;
    expect(at(1e-6, 2.3)).toBe('present');
    expect(at(1e-6, null)).toBe('absent');
    expect(at(0.1, 2.3)).toBe('absent');
  });

  // A bowl of curvature 1: the best step lowers the loss by ‖g‖²/2.
  it.each([
    [1e-3, 'present'],
    [1.1e-3, 'inconclusive'],
    [1.9e-2, 'inconclusive'],
    [2.1e-2, 'absent'],
    [0.5, 'absent'],
  ])('with a relative decrease of %d is %s', (decrease, verdict) => {
    expect(judge(bowl({ gradientNorm: Math.sqrt(2 * decrease), lossValue: 1 })).verdict).toBe(verdict);
  });

  it('does not depend on the unit of the loss', () => {
    for (const unit of [1e-6, 1, 1e6]) {
      const gradientNorm = unit * Math.sqrt(2 * 5e-4);
      const scaled = { gradientNorm, lossValue: unit, curvature: gradientNorm ** 2 * unit };
      expect(judge(bowl(scaled)).verdict).toBe('present');
    }
  });

  it('is not claimed absent while chance explains half of ‖g‖² or more', () => {
    const at = (samplingError: number) => judge(bowl({ gradientNorm: 0.5, samplingError, lossValue: 1 }));
    // 0.5 = √2·0.3536
    expect(at(0.353).verdict).toBe('absent');
    expect(at(0.354).verdict).toBe('inconclusive');
    expect(at(0.354).summary).toContain('sampling error');
  });

  it('is absent where the loss curves down along the gradient, if that leads anywhere', () => {
    expect(judge(bowl({ gradientNorm: 0.1, curvature: -0.01, lossValue: 1 })).verdict).toBe('absent');
    expect(judge(bowl({ gradientNorm: 1e-6, curvature: -1e-22, lossValue: 1 })).verdict).toBe('present');
  });

  it('is inconclusive without the curvature along the gradient', () => {
    const measurements = bowl({ gradientNorm: 0.5 });
    measurements.gradient.curvature = null;
    expect(judge(measurements).verdict).toBe('inconclusive');
  });

  it('reports negative curvature as evidence where the loss still falls', () => {
    const finding = judge({
      ...bowl({ gradientNorm: 1 }),
      extremes: extremes({ max: 2, min: -0.5, error: 0.01, negative: 4 }),
    });
    expect(finding.verdict).toBe('absent');
    expect(finding.summary).toContain('at least 4 directions: λ_min = −0.500 ± 0.010');
    expect(finding.evidence).toContainEqual({ name: 'λ_min', value: -0.5, error: 0.01, threshold: 0 });
  });

  it('is not asked where there is no gradient', () => {
    expect(criticalPoint.judge({ loss: loss(1) }, LIMITS)).toBeNull();
  });
});
