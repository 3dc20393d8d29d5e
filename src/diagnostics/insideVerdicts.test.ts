import { describe, expect, it } from 'vitest';
import { deadUnits } from './deadUnits';
import { explodingGradient } from './explodingGradient';
import { explodingOverTime } from './explodingOverTime';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { saturation } from './saturation';
import { activation, depths } from '../../test/unit/depths';
import { vanishingOverTime } from './vanishingOverTime';

const growing = (count: number, rate: number) => Array.from({ length: count }, (_, i) => rate ** -i);

describe('exploding gradient', () => {
  const judge = (relative: readonly number[]) => explodingGradient.judge({ depth: depths(relative) }, LIMITS)!;

  it('is present where it grows fast and steadily through several layers', () => {
    expect(judge(growing(12, 1.43))).toMatchObject({ verdict: 'present', severity: 'medium' });
    expect(judge(growing(12, 3))).toMatchObject({ verdict: 'present', severity: 'high' });
  });

  it('is absent for small or falling factors, and unclear for slow growth over many layers', () => {
    expect(judge(growing(12, 1.1)).verdict).toBe('absent');
    expect(judge(growing(12, 0.2)).verdict).toBe('absent');
    expect(judge(growing(30, 1.15)).verdict).toBe('inconclusive');
  });

  it('is not given without the gradient by depth', () => {
    expect(explodingGradient.judge({ layers: [] }, LIMITS)).toBeNull();
  });
});

describe('the gradient over time', () => {
  const sequence = (value: number, steps: number, error = 0): Measurements['time'] => [
    { layer: 'rnn', steps, rate: { value, error }, factor: value ** steps, spectralRadius: value },
  ];
  const verdicts = (time: Measurements['time']) => [
    vanishingOverTime.judge({ time }, LIMITS)!.verdict,
    explodingOverTime.judge({ time }, LIMITS)!.verdict,
  ];

  it('is judged by the factor over the sequence', () => {
    expect(verdicts(sequence(0.5, 19))).toEqual(['present', 'absent']);
    expect(verdicts(sequence(1, 19))).toEqual(['absent', 'absent']);
    expect(verdicts(sequence(1.5, 19))).toEqual(['absent', 'present']);
    expect(verdicts(sequence(1.2, 19))).toEqual(['absent', 'present']);
  });

  it('is unclear where a short sequence fades steadily', () => {
    const [fading] = verdicts(sequence(0.5, 5));
    expect(fading).toBe('inconclusive');
    expect(verdicts(sequence(0.9, 5))).toEqual(['absent', 'absent']);
  });

  it('has vanished where nothing arrives at all', () => {
    expect(verdicts([{ layer: 'rnn', steps: 20, factor: 0 }])).toEqual(['present', 'absent']);
  });

  it('is not judged by the spectral radius', () => {
    expect(verdicts([{ ...sequence(1, 10)[0], spectralRadius: 0.5 }])).toEqual(['absent', 'absent']);
  });

  it('is judged by the worst of several layers', () => {
    expect(verdicts([...sequence(0.3, 10), ...sequence(3, 10)])).toEqual(['present', 'present']);
  });
});

describe('dead units', () => {
  const judge = (dead: number, units: number, samples = 256) =>
    deadUnits.judge(
      { units: { activations: [activation('ReLU', { units, dead })], recurrent: new Set(), samples } },
      LIMITS,
    )!;

  it('are present from a tenth of a layer on', () => {
    expect(judge(2, 20)).toMatchObject({ verdict: 'present', severity: 'low' });
    expect(judge(20, 20)).toMatchObject({ verdict: 'present', severity: 'high' });
    expect(judge(20, 20).summary).toContain('No gradient passes «layer»');
    expect(judge(1, 20).verdict).toBe('absent');
  });

  it('cannot be told from rarely active ones on few samples', () => {
    expect(judge(10, 20, 1).verdict).toBe('inconclusive');
    expect(judge(0, 20, 1).verdict).toBe('absent');
  });
});

describe('saturation', () => {
  const judge = (operator: string, saturated: number, recurrent: string[] = []) =>
    saturation.judge(
      {
        units: { activations: [activation(operator, { saturated })], recurrent: new Set(recurrent), samples: 256 },
      },
      LIMITS,
    )!.verdict;

  it('is present from a tenth of a layer on', () => {
    expect(judge('tanh', 0.1)).toBe('present');
    expect(judge('tanh', 0.09)).toBe('absent');
  });

  it('is left open for recurrent layers and attention up to a half', () => {
    expect(judge('sigmoid', 0.3, ['layer'])).toBe('inconclusive');
    expect(judge('sigmoid', 0.6, ['layer'])).toBe('present');
    expect(judge('attention', 0.3)).toBe('inconclusive');
    expect(judge('attention', 0.05)).toBe('absent');
  });
});
