import { describe, expect, it } from 'vitest';
import { flatRegion } from './flatRegion';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { bowl, chain, extremes, loss } from './testMeasurements';

const CHANCE = 2.3;
const asleep = chain([1e-7, 1e-6, 1e-5, 1e-4, 1]);
const awake = chain([0.3, 0.5, 1]);
const judge = (gradientNorm: number, lossValue: number, rest: Partial<Measurements> = {}) =>
  flatRegion.judge(
    { ...bowl({ gradientNorm, lossValue }), loss: loss(lossValue, { chance: CHANCE }), ...rest },
    LIMITS,
  )!;

describe('flat region', () => {
  it('is a plateau where the loss is that of guessing and the gradient has vanished', () => {
    const finding = judge(1e-3, 2.31, { layers: awake });
    expect(finding).toMatchObject({ verdict: 'present', severity: 'high', shownIn: 'plane' });
    expect(finding.summary).toContain('100 % of what guessing without the input gives (2.30)');
  });

  it('is a plateau where most layers get no gradient and the rest does not lead below chance', () => {
    // The last layer alone gains 0.05: from 2.35 back to chance, which its bias can do without the input.
    const finding = judge(Math.sqrt(0.1), 2.35, { layers: asleep });
    expect(finding.verdict).toBe('present');
    expect(finding.summary).toContain('80.0 % of the parameters get almost no gradient');
  });

  it('is not there where one step leads below chance, as at a healthy start', () => {
    expect(judge(0.6, 2.31, { layers: awake }).verdict).toBe('absent');
    expect(judge(0.6, 2.31, { layers: asleep }).verdict).toBe('absent');
  });

  it('is not there where the loss is far above chance and falls: that is a bad start, not a plateau', () => {
    expect(judge(1, 10, { layers: awake }).verdict).toBe('absent');
  });

  it('is a saddle instead where strong negative curvature leads out', () => {
    const finding = judge(0, 2.3, { extremes: extremes({ max: 1, min: -0.5 }) });
    expect(finding.verdict).toBe('absent');
    expect(finding.summary).toContain('see the saddle');
    expect(judge(0, 2.3, { extremes: extremes({ max: 1, min: -0.01 }) }).verdict).toBe('present');
  });

  it('is a valley where the loss is low', () => {
    const finding = judge(1e-4, 0.01);
    expect(finding.verdict).toBe('absent');
    expect(finding.summary).toContain('bottom of a valley');
  });

  it('is inconclusive on flat ground half way down', () => {
    expect(judge(1e-4, 1).verdict).toBe('inconclusive');
    expect(judge(0.5, 1).verdict).toBe('absent');
  });

  it('is inconclusive on flat ground where chance is not known', () => {
    expect(judge(1e-4, 1, { loss: loss(1) }).verdict).toBe('inconclusive');
    expect(judge(0.5, 1, { loss: loss(1) }).verdict).toBe('absent');
  });

  it('compares accuracy with that of always naming the most frequent class', () => {
    const measured = { chance: 0.1985, accuracy: 0.95, chanceAccuracy: 0.95, classes: 2 };
    const finding = judge(1e-4, 0.1985, { loss: loss(0.1985, measured) });
    expect(finding.verdict).toBe('present');
    expect(finding.evidence).toContainEqual({ name: 'accuracy / chance accuracy', value: 1, error: 0 });
  });

  it('is inconclusive near chance with a small gradient', () => {
    expect(judge(0.15, 2.31, { layers: awake }).verdict).toBe('inconclusive');
  });

  it('takes nine tenths of chance for knowing next to nothing', () => {
    expect(judge(1e-4, 0.901 * CHANCE).verdict).toBe('present');
    expect(judge(1e-4, 0.899 * CHANCE).verdict).toBe('inconclusive');
  });
});
