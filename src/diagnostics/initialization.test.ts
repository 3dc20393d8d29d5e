import { describe, expect, it } from 'vitest';
import { initialization } from './initialization';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { loss } from './testMeasurements';

type Weight = Measurements['weights'][number];
const weight = (i: number, ratio: number, more: Partial<Weight> = {}): Weight => ({
  parameter: `w${i}`,
  kind: 'dense',
  count: 256,
  fans: { in: 16, out: 16 },
  rms: ratio,
  rule: 'he',
  ratio,
  activation: 'Relu',
  end: 'layer',
  next: `w${i + 1}`,
  ...more,
});
const last = (i: number, ratio = 1): Weight =>
  weight(i, ratio, { rule: 'glorot', activation: undefined, end: 'output', next: undefined });

/** A chain of layers with these ratios, and a last layer. */
const chain = (ratios: readonly number[], more: Partial<Weight> = {}): Weight[] => [
  ...ratios.map((ratio, i) => weight(i, ratio, more)),
  last(ratios.length),
];
const untrained = loss(2.3, { chance: 2.3 });
/** A trunk whose signal has these mean squares. */
const depthOf = (meanSquares: readonly number[]): Measurements['depth'] => ({
  trunk: true,
  zero: [],
  layers: meanSquares.map((meanSquare, i) => ({
    layer: `h${i}`,
    depth: i + 1,
    meanSquare,
    variance: meanSquare,
    units: 16,
    gradientNorm: 1,
    relativeGradient: 1,
  })),
});
const judge = (weights: readonly Weight[], of = untrained, signal?: readonly number[]) =>
  initialization.judge(
    {
      weights,
      loss: of,
      ...(signal && { depth: depthOf(signal) }),
    },
    LIMITS,
  )!;

describe('the scale of initial weights', () => {
  it('is off where one layer is off by ten', () => {
    expect(judge(chain([1, 10.1])).verdict).toBe('present');
    expect(judge(chain([1, 9.9])).verdict).toBe('absent');
    expect(judge(chain([1, 1, 0.099])).summary).toContain('«w2» has 1/10 of the scale of He’s rule before Relu');
  });

  it('is off where small factors add up over depth', () => {
    const dying = judge(chain(Array<number>(12).fill(0.35)));
    expect(dying).toMatchObject({ verdict: 'present', severity: 'medium' });
    expect(dying.summary).toContain('From «w1» to «w11»');
    const saturating = judge(chain(Array<number>(12).fill(3), { activation: 'Tanh', rule: 'glorot' }));
    expect(saturating.summary).toContain('The units saturate');
  });

  it('is judged by the signal where it was measured, not by what the weights promise', () => {
    const small = chain(Array<number>(12).fill(0.35));
    expect(judge(small, untrained, [1, 0.5, 0.02]).verdict).toBe('absent');
    const dying = judge(small, untrained, [1, 0.1, 0.0099]);
    expect(dying.verdict).toBe('present');
    expect(dying.summary).toContain('from «h0» to «h2» the mean square of the signal is multiplied by 0.0099: it dies');
    expect(judge(chain([1, 1, 1]), untrained, [1, 10, 101]).summary).toContain('it grows with depth');
  });

  it('is not certain near the limit without the signal', () => {
    const near = [1, 0.4, 0.4, 0.4];
    expect(judge(chain(near)).verdict).toBe('inconclusive');
    expect(judge(chain(near), untrained, [1, 0.3]).verdict).toBe('absent');
  });

  it('is not told from the signal between normalizations', () => {
    const weights = [...chain([1, 1]), weight(9, 1, { kind: 'scale', ratio: undefined, next: undefined })];
    expect(judge(weights, untrained, [1e-4, 1]).verdict).toBe('absent');
  });

  it('is as the rules have it, chance of small layers included', () => {
    expect(judge(chain([1.1, 0.9, 1.05, 0.97, 1.12])).verdict).toBe('absent');
  });

  it('may be small on purpose in the last layer, before an addition, and at zero', () => {
    const small = [weight(0, 1), weight(1, 0.01, { end: 'merge', next: undefined }), last(2, 0.001)];
    expect(judge(small).verdict).toBe('absent');
    expect(judge([weight(0, 1), weight(1, 0), last(2, 0)]).verdict).toBe('absent');
  });

  it('does not matter before a normalization', () => {
    expect(judge([weight(0, 50, { end: 'normalization', next: undefined }), last(1)]).verdict).toBe('absent');
  });

  it('is no longer that of the start once the model has learnt', () => {
    expect(judge(chain([1, 12]), loss(0.4, { chance: 2.3 })).verdict).toBe('absent');
    expect(judge(chain([1, 12]), loss(0.4)).verdict).toBe('inconclusive');
  });

  it('is not told from a few weights, nor where no rule applies', () => {
    expect(judge([weight(0, 0.01, { count: 4 }), last(1)]).verdict).toBe('absent');
    expect(judge([{ parameter: 'e', kind: 'embedding', count: 99, end: 'other' }]).verdict).toBe('absent');
  });
});
