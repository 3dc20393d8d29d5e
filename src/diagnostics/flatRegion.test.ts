import { describe, expect, it } from 'vitest';
import { flatRegion } from './flatRegion';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { bowl, chain, descended, extremes, loss } from './testMeasurements';

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
    expect(finding.summary).toContain('100 % of what guessing without the input gives (2.3)');
  });

  it('is a plateau where most layers get no gradient and the rest does not lead below chance', () => {
    // The last layer alone gains 0.05: from 2.35 back to chance, which its bias can do without the input.
    const finding = judge(Math.sqrt(0.1), 2.35, { layers: asleep });
    expect(finding.verdict).toBe('present');
    expect(finding.summary).toContain('80 % of the weights get almost no gradient');
  });

  it('weighs the gradient of a layer with its weights, which keeps the verdict where layers are scaled', () => {
    // Layers of 100 weights. The first one times 10⁵ has a gradient of 1/10⁵.
    const healthy = chain([1, 1, 1]).map((layer) => ({ ...layer, weightNorm: 10 }));
    const rescaled = healthy.map((layer, i) =>
      i === 0 ? { ...layer, norm: layer.norm / 1e5, weightNorm: layer.weightNorm * 1e5 } : layer,
    );
    for (const layers of [healthy, rescaled]) {
      const share = judge(0.6, 2.31, { layers }).evidence.find(({ name }) => name.startsWith('share of weights'));
      expect(share?.value).toBe(0);
    }
    const asleep = healthy.map((layer, i) => (i < 2 ? { ...layer, norm: layer.norm / 1e5 } : layer));
    expect(judge(Math.sqrt(0.1), 2.35, { layers: asleep }).summary).toContain('66.7 % of the weights');
  });

  it('is a plateau where L-BFGS comes to rest at chance, and not where it goes on below', () => {
    const after = (reached: number, settled = true) =>
      judge(Math.sqrt(0.1), 2.35, { layers: awake, elsewhere: descended(reached, settled) }).verdict;
    expect(after(2.299)).toBe('present');
    expect(after(2.2)).toBe('absent');
    expect(after(2.299, false)).toBe('absent');
  });

  it('is not there where every direction curves up: that is a minimum, however high', () => {
    const finding = judge(0, 2.2, { extremes: extremes({ max: 1, min: 0.1, error: 0.01, exact: true }) });
    expect(finding.verdict).toBe('absent');
    expect(finding.summary).toContain('see the minimum');
    expect(
      judge(0, 2.2, { extremes: extremes({ max: 1, min: 0.001, error: 0.01, exact: true, zero: 1 }) }).verdict,
    ).toBe('present');
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

  describe('beside weight decay', () => {
    // ‖θ‖ = 100 and x = 2·10⁻³: the decay is 10 and its gradient x·θ has the norm 0.2.
    const weightDecay = { rate: 2e-3, value: 10 };
    const decayed = (value: number, gradient: { norm: number; curvature: number; along: number | null }) =>
      flatRegion.judge(
        {
          ...bowl({ gradientNorm: gradient.norm, curvature: gradient.curvature, alongParameters: gradient.along }),
          loss: loss(value + weightDecay.value, { chance: CHANCE, weightDecay }),
        },
        LIMITS,
      )!;

    it('compares what the data give', () => {
      // The gradient is that of the decay alone, and so is the curvature along it: gᵀHg = x·‖g‖².
      const finding = decayed(2.31, { norm: 0.2, curvature: 2e-3 * 0.04, along: 20 });
      expect(finding.verdict).toBe('present');
      expect(finding.summary).toContain('the loss without weight decay, 2.31, is 100 % of');
      expect(finding.summary).toContain('Only the weight decay still falls');
      const step = finding.evidence.find(({ name }) => name.startsWith('(loss after'))!;
      expect(step.value).toBeCloseTo(2.31 / CHANCE, 6);
      // Without taking the decay away, this valley would be at four times the chance loss.
      expect(decayed(0.01, { norm: 0.2, curvature: 2e-3 * 0.04, along: 20 }).summary).toContain('bottom of a valley');
    });

    it('sees a gradient of the data that leads out', () => {
      // Orthogonal to θ: the step of length 1 gains 0.6 − 0.3 and lets the decay grow by x/2.
      const finding = decayed(2.31, { norm: 0.6, curvature: 0.6 ** 3, along: 0 });
      expect(finding.verdict).toBe('absent');
      const step = finding.evidence.find(({ name }) => name.startsWith('(loss after'))!;
      expect(step.value).toBeCloseTo((2.31 - 0.3 - 1e-3) / CHANCE, 6);
    });

    it('claims nothing of the step where an older report lacks θᵀg', () => {
      const finding = decayed(2.31, { norm: 0.2, curvature: 2e-3 * 0.04, along: null });
      expect(finding.evidence.some(({ name }) => name.startsWith('(loss after'))).toBe(false);
    });
  });
});
