import { describe, expect, it } from 'vitest';
import type { NumericsMeasurement } from '../report/report';
import { LIMITS } from './limits';
import { numericalTrouble } from './numericalTrouble';
import type { ReadNumerics } from './numerics';
import { loss } from './testMeasurements';

const examined = { samples: 8, of: 8, values: 5, nodes: [] };
const exp = { node: '/Exp', operator: 'Exp', from: 'Gemm "/fc"', reaches: false } as const;
const overflow = {
  ...exp,
  problem: 'infinity',
  value: Infinity,
  deed: 'overflows at 200',
  samples: 'sample 3',
} as const;
const tight = (factor: number) => ({ ...exp, problem: 'little headroom', value: 3.4e38 / factor, factor }) as const;

function judge(troubles: NumericsMeasurement, rest: Partial<ReadNumerics> = {}) {
  const numerics = { loss: null, gradient: null, troubles, examined, ...rest };
  return numericalTrouble.judge({ numerics, ...(rest.loss ? {} : { loss: loss(1) }) }, LIMITS)!;
}

describe('numerical trouble', () => {
  it('is absent where every value is finite', () => {
    expect(judge([])).toMatchObject({ verdict: 'absent', severity: 'info', advice: [] });
    expect(judge([]).summary).toMatch(/5 values .* 8 samples/);
    expect(judge([], { examined: { ...examined, samples: 4 } }).summary).toContain('the first 4 of 8 samples');
  });

  it('is grave where NaN or ∞ reaches an output', () => {
    const finding = judge([{ ...overflow, reaches: true }]);
    expect(finding).toMatchObject({ verdict: 'present', severity: 'high' });
    expect(finding.summary).toContain('Exp "/Exp" overflows at 200 for sample 3, fed by Gemm "/fc"');
    expect(finding.summary).toContain('its own figures are finite');
    expect(finding.advice).toEqual([expect.stringMatching(/^Subtract the maximum/)]);
  });

  it('is less grave where no output shows it', () => {
    expect(judge([overflow])).toMatchObject({ verdict: 'present', severity: 'medium' });
  });

  it('is present below a headroom of ten', () => {
    expect(judge([tight(9.9)])).toMatchObject({ verdict: 'present', severity: 'medium' });
    expect(judge([tight(10.1)]).verdict).toBe('absent');
  });

  it('is not what another type would do', () => {
    const half = { ...exp, problem: 'float16 overflow', value: 7e4 } as const;
    const finding = judge([half]);
    expect(finding.verdict).toBe('absent');
    expect(finding.summary).toMatch(
      /In float16, Exp "\/Exp" would overflow: 70\s?000 against 65504.*bfloat16 holds it/,
    );
    expect(judge([{ ...exp, problem: 'underflow', value: 0 }]).verdict).toBe('absent');
  });

  it('is present where the loss or the gradient is not finite, whatever the graph shows', () => {
    const cause = { what: 'The loss of sample 2 is not finite: Mul overflows.', action: 'Scale it.' };
    const ofLoss = judge([], { loss: { value: NaN, cause }, examined: null });
    expect(ofLoss).toMatchObject({ verdict: 'present', severity: 'high', summary: cause.what, advice: ['Scale it.'] });
    const ofGradient = judge([], { gradient: { value: NaN, cause: null } });
    expect(ofGradient).toMatchObject({ verdict: 'present', severity: 'high', summary: 'The gradient is NaN.' });
  });

  it('advises against the cause and not against what follows from it', () => {
    const division = { ...overflow, node: '/Div', operator: 'Div', problem: 'NaN', value: NaN } as const;
    const both = judge([overflow, { ...division, deed: 'divides ∞ by ∞', reaches: true }]);
    expect(both.summary).toContain('NaN first comes from Div "/Div", which divides ∞ by ∞.');
    expect(both.advice).toEqual([expect.stringMatching(/^Subtract the maximum/)]);
    expect(judge([{ ...division, deed: 'divides 0 by 0' }]).advice).toEqual([
      expect.stringMatching(/^Guard the divisor/),
    ]);
  });

  it('has no verdict where nothing was examined', () => {
    expect(numericalTrouble.judge({ loss: loss(1) }, LIMITS)).toBeNull();
  });
});
