import { describe, expect, it } from 'vitest';
import type { Measurements } from './measurements';
import { LIMITS } from './limits';
import { surrogate } from './surrogate';
import { loss } from './testMeasurements';

type Worst = Measurements['surrogate']['worst'];

const CHANCE = { chance: 2, chanceAccuracy: 0.2 };

function judge(worst: Partial<Worst>, facts: Parameters<typeof loss>[1] = CHANCE) {
  const whole: Worst = { samples: 5, share: 0.05, lossShare: { value: 0.9, error: 0.01 }, ...worst };
  const measured = {
    worst: whole,
    worstSamples: [{ index: 17, loss: 12 }],
    rankCorrelation: [{ direction: 'gradient', points: 26, value: 0.5, error: 0.2 }],
  };
  return surrogate.judge({ surrogate: measured, loss: loss(1, facts) }, LIMITS)!;
}

describe('a few samples carry the loss', () => {
  // Chance costs a loss of 2 for an error of 0.8: 2.5 per error.
  it.each([
    [5, 0.1, 'present'],
    [2.7, 0.1, 'present'],
    [2.55, 0.1, 'inconclusive'],
    [2.3, 0.1, 'absent'],
  ] as const)('a wrong answer costs %f ± %f: %s', (value, error, verdict) => {
    expect(judge({ errorShare: 0.04, lossPerError: { value, error } }).verdict).toBe(verdict);
  });

  it('names the samples and the correlation along the lines', () => {
    const finding = judge({ errorShare: 0.04, lossPerError: { value: 10, error: 0.1 } });
    expect(finding.advice[0]).toContain('17 (12)');
    expect(finding.evidence.find(({ name }) => name === 'loss per error over that of chance')).toEqual({
      name: 'loss per error over that of chance',
      value: 4,
      threshold: 1,
      error: expect.closeTo(0.04, 12) as number,
    });
    expect(finding.evidence.some(({ name }) => name.includes('along «gradient»'))).toBe(true);
  });

  it('is no difficulty where all of them are answered rightly', () => {
    expect(judge({ errorShare: 0 }).verdict).toBe('absent');
  });

  it('is inconclusive without an accuracy, and without the loss of chance', () => {
    expect(judge({}).verdict).toBe('inconclusive');
    expect(judge({ errorShare: 0.04, lossPerError: { value: 10, error: 0 } }, {}).verdict).toBe('inconclusive');
  });
});

it('is absent where the others carry more, and inconclusive at the edge', () => {
  expect(judge({ lossShare: { value: 0.47, error: 0.02 }, errorShare: 0.01 }).verdict).toBe('absent');
  expect(
    judge({ lossShare: { value: 0.49, error: 0.02 }, errorShare: 0.01, lossPerError: { value: 9, error: 0 } }).verdict,
  ).toBe('inconclusive');
});
