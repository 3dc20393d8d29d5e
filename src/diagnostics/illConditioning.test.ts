import { describe, expect, it } from 'vitest';
import { illConditioning } from './illConditioning';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { extremes } from './testMeasurements';

const judge = (measurements: Partial<Measurements>) => illConditioning.judge(measurements, LIMITS)!;
const named = (measurements: Partial<Measurements>, name: string) =>
  judge(measurements).evidence.find((item) => item.name === name);
/** Every eigenvalue a node of its own. */
const spectrum = (values: readonly number[]) => [{ nodes: values, weights: values.map(() => 1 / values.length) }];

describe('ill-conditioning', () => {
  it.each([
    [1e7, 'present', 'high'],
    [1e5, 'present', 'medium'],
    [2e3, 'present', 'low'],
    [900, 'absent', 'info'],
  ])('with condition number %d is %s, %s', (kappa, verdict, severity) => {
    const ends = extremes({ max: kappa, min: 1, exact: true });
    expect(judge({ extremes: ends })).toMatchObject({ verdict, severity });
    expect(named({ extremes: ends }, 'condition number')!.value).toBe(kappa);
  });

  it('gives the condition number the error of λ_min', () => {
    const ends = extremes({ max: 1e5, min: 1, error: 0.1, exact: true });
    const { value, error } = named({ extremes: ends }, 'condition number')!;
    expect(value).toBe(1e5);
    expect(error / value).toBeCloseTo(0.11, 2);
  });

  it('is inconclusive where the error bar of κ reaches across the limit', () => {
    expect(judge({ extremes: extremes({ max: 1050, min: 1, error: 0.1, exact: true }) }).verdict).toBe('inconclusive');
  });

  it('says how many probes and steps would narrow what is not resolved', () => {
    const [probe] = spectrum([-2, -1, 0.2, 0.3, 0.5, 10]);
    const finding = judge({ extremes: extremes({ max: 10, min: -2 }), quadratures: [probe, probe], dim: 1000 });
    expect(finding.verdict).toBe('inconclusive');
    expect(finding.advice).toEqual(['Raise the probes (--probes 4) and the Lanczos steps (--lanczos-steps 12).']);
  });

  it('gives a lower bound where λ_min is positive but within the noise', () => {
    const finding = judge({ extremes: extremes({ max: 1e6, min: 1e-3, error: 1, exact: true, zero: 1 }) });
    expect(finding.verdict).toBe('present');
    expect(finding.summary).toContain('at least 9.99 × 10⁵');
  });

  it('compares λ_max with the median |λ| where signs are mixed', () => {
    const values = [-2, -0.01, 0.001, 0.01, 10];
    const measurements = { extremes: extremes({ max: 10, min: -2, exact: true }), quadratures: spectrum(values) };
    expect(named(measurements, 'λ_max / median |λ|')!.value).toBeCloseTo(1000, 6);
    expect(judge(measurements).verdict).toBe('present');
    expect(
      judge({ extremes: extremes({ max: 2, min: -2, exact: true }), quadratures: spectrum([-2, -1, 1, 2]) }).verdict,
    ).toBe('absent');
  });

  it('claims no more than the quadrature proves: a heavy node near zero may stand for a broad bulk', () => {
    // Nodes at ±0.1 bound the mass between them from below by what lies strictly inside.
    const probe = { nodes: [-0.1, 1e-6, 0.1, 10], weights: [0.1, 0.7, 0.1, 0.1] };
    const measurements = { extremes: extremes({ max: 10, min: -0.1 }), quadratures: [probe] };
    expect(named(measurements, 'λ_max / median |λ|, at least')!.value).toBeCloseTo(100, 6);
    expect(judge(measurements).verdict).toBe('present');
    const broad = { nodes: [-1, 1e-6, 1, 10], weights: [0.1, 0.7, 0.1, 0.1] };
    expect(judge({ extremes: extremes({ max: 10, min: -1 }), quadratures: [broad] }).verdict).toBe('inconclusive');
  });

  it('takes the most careful of several probes', () => {
    const sharp = { nodes: [-0.001, 0, 0.001, 10], weights: [0.1, 0.7, 0.1, 0.1] };
    const blunt = { nodes: [-1, 0, 1, 10], weights: [0.1, 0.7, 0.1, 0.1] };
    expect(judge({ extremes: extremes({ max: 10, min: -1 }), quadratures: [sharp, blunt] }).verdict).toBe(
      'inconclusive',
    );
  });

  it('falls back on the trace, the top eigenvalues taken out', () => {
    const measurements = { extremes: extremes({ max: 10, min: -1 }), trace: { value: 11, error: 0.1 }, dim: 1001 };
    // (11 − 10)/1000 = 0.001, at most 0.0012.
    expect(named(measurements, 'λ_max / mean curvature of the rest')!.value).toBeCloseTo(10_000, 0);
    expect(judge(measurements).verdict).toBe('present');
    expect(judge({ ...measurements, dim: 11 }).verdict).toBe('inconclusive');
  });

  it('is inconclusive where only the ends are known, or λ_max cannot be told from zero', () => {
    expect(judge({ extremes: extremes({ max: 10, min: -1 }) }).verdict).toBe('inconclusive');
    expect(judge({ extremes: extremes({ max: 1, min: -1, error: 1 }) }).verdict).toBe('inconclusive');
    expect(judge({ extremes: extremes({ max: -1, min: -2, error: 0.1 }) }).verdict).toBe('absent');
  });

  it('compares the step that lowers the loss now with the stable one', () => {
    const measurements: Partial<Measurements> = {
      extremes: extremes({ max: 4, min: 1, exact: true }),
      gradient: { norm: { value: 2, error: 0 }, curvature: 8, samplingError: null, alongParameters: null },
    };
    expect(named(measurements, 'largest stable step 2/λ_max')!.value).toBe(0.5);
    expect(named(measurements, 'largest step that lowers the loss now 2·gᵀg/gᵀHg')!.value).toBe(1);
    expect(named(measurements, 'curvature along the gradient / λ_max')!.value).toBe(0.5);
  });

  it('advises to standardize features of unequal scale, and not those of equal scale', () => {
    const of = (condition: number, standardized: number): Partial<Measurements> => ({
      extremes: extremes({ max: 1e8, min: 1, exact: true }),
      features: [
        {
          input: 'x',
          features: 6,
          constant: 0,
          deviation: { least: 0.01, greatest: 100 },
          offCentre: 0,
          condition,
          standardized,
        },
      ],
    });
    expect(judge(of(1e8, 2)).advice[0]).toContain('falls from 1 × 10⁸ to 2');
    expect(named(of(1e8, 2), 'κ of the second moments of «x»')!.value).toBe(1e8);
    expect(judge(of(1e8, 2e7)).advice.join()).not.toContain('Standardize');
    expect(judge(of(Infinity, Infinity)).advice[0]).toContain('depend on each other');
  });
});
