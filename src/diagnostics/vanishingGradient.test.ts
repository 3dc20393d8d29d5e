import { describe, expect, it } from 'vitest';
import { LIMITS } from './limits';
import { chain } from './testMeasurements';
import { vanishingGradient } from './vanishingGradient';

const judge = (rms: readonly number[]) => vanishingGradient.judge({ layers: chain(rms) }, LIMITS)!;

describe('vanishing gradient', () => {
  it('is present where it dies towards the input', () => {
    const finding = judge([1e-6, 1e-4, 1e-2, 1]);
    expect(finding).toMatchObject({ verdict: 'present', severity: 'high', shownIn: 'layers' });
    expect(finding.summary).toContain('2 of 4 tensors, 50 % of the parameters');
    expect(finding.evidence).toContainEqual({
      name: 'factor per layer towards the input',
      value: expect.closeTo(0.01, 6) as number,
      error: 0,
    });
  });

  it('matters less where few parameters are behind it', () => {
    expect(judge([1e-4, 0.5, 0.5, 1]).severity).toBe('medium');
  });

  it('is absent where every layer gets its share, to the edge of the limit', () => {
    expect(judge([1, 0.2, 0.5]).verdict).toBe('absent');
    expect(judge([1.001e-3, 1]).verdict).toBe('absent');
    expect(judge([0.999e-3, 1]).verdict).toBe('present');
  });

  it('is inconclusive where a layer in the middle gets nothing', () => {
    expect(judge([1, 0, 0.5]).verdict).toBe('inconclusive');
  });

  it('is inconclusive where there is no gradient at all', () => {
    expect(judge([0, 0]).verdict).toBe('inconclusive');
    expect(judge([]).verdict).toBe('inconclusive');
  });

  it('compares layers by weight, not by size', () => {
    const wide = { name: 'wide', shape: [1000, 1000], count: 1e6, norm: 1 };
    const narrow = { name: 'narrow', shape: [1, 10], count: 10, norm: Math.sqrt(10) };
    expect(vanishingGradient.judge({ layers: [wide, narrow] }, LIMITS)!.verdict).toBe('absent');
  });
});
