import { describe, expect, it } from 'vitest';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { activation, depths } from '../../test/unit/depths';
import { chain } from './testMeasurements';
import { vanishingGradient } from './vanishingGradient';

const judge = (read: Partial<Measurements>) => vanishingGradient.judge({ layers: [], ...read }, LIMITS)!;
const falling = (count: number, rate: number) => Array.from({ length: count }, (_, i) => rate ** (count - 1 - i));

describe('vanishing gradient', () => {
  it('is present where the gradient falls layer by layer to a thousandth', () => {
    const finding = judge({ depth: depths(falling(8, 0.25)) });
    expect(finding).toMatchObject({ verdict: 'present', severity: 'medium', shownIn: 'inside' });
    expect(finding.summary).toContain('over 8 layers, from «layer7» to «layer0»');
    expect(judge({ depth: depths(falling(12, 0.25)) }).severity).toBe('high');
  });

  it('is absent where every layer gets its share', () => {
    expect(judge({ depth: depths(falling(12, 0.9)) }).verdict).toBe('absent');
    expect(judge({ depth: depths(falling(12, 1.2)) }).verdict).toBe('absent');
  });

  it('does not change when layers are scaled against one another', () => {
    const scaled = depths(falling(12, 1), { scales: falling(12, 0.3) });
    const finding = judge({ depth: scaled });
    expect(finding.verdict).toBe('absent');
    expect(finding.summary).toContain('‖∂L/∂h‖ alone falls by 0.3 per layer');
  });

  it('is inconclusive where one single layer lets little through', () => {
    expect(judge({ depth: depths([1e-5, 1e-5, 1e-5, 1, 1, 1]) }).verdict).toBe('inconclusive');
  });

  it('is not claimed for two or three layers', () => {
    expect(judge({ depth: depths([0.01, 1]) }).verdict).toBe('absent');
    expect(judge({ depth: depths([1e-5, 1]) }).verdict).toBe('inconclusive');
  });

  it('leaves layers without any gradient out and names them', () => {
    const finding = judge({ depth: depths([0, ...falling(8, 0.25)]) });
    expect(finding.verdict).toBe('present');
    expect(finding.summary).toContain('Left out: «layer0», where the gradient is exactly zero');
    expect(judge({ depth: depths([0, 0]) }).verdict).toBe('inconclusive');
  });

  it('gives advice that fits the activations', () => {
    const depth = depths(falling(8, 0.25));
    const of = (...kinds: Parameters<typeof activation>[]) =>
      judge({
        depth,
        units: { activations: kinds.map((each) => activation(...each)), recurrent: new Set(), samples: 256 },
      }).advice.join(' ');
    expect(of(['sigmoid', { saturated: 0 }])).toContain('a quarter of the gradient');
    expect(of(['tanh', { saturated: 0.6 }])).toContain('start from smaller weights');
    for (const advice of [of(['ReLU', { units: 16, dead: 0 }]), of(['ReLU', { units: 16, dead: 3 }])]) {
      expect(advice).not.toMatch(/sigmoid|tanh/);
    }
  });

  it('is judged by gradients and weights in reports without the gradient by depth', () => {
    const weighed = (sizes: readonly number[], weights: readonly number[]) =>
      judge({ layers: chain(sizes).map((layer, i) => ({ ...layer, weightNorm: weights[i] })) });
    const ones = [1, 1, 1, 1, 1];
    expect(weighed([1e-8, 1e-6, 1e-4, 1e-2, 1], ones).verdict).toBe('present');
    expect(weighed([1, 0.2, 0.5], ones).verdict).toBe('absent');
    // One layer × 10⁴, the next ÷ 10⁴: the gradients change the other way.
    expect(weighed([1e-4, 1e4, 1], [1e4, 1e-4, 1]).verdict).toBe('absent');
    expect(weighed([1e-8, 1, 1, 1], ones).verdict).toBe('inconclusive');
    expect(judge({ layers: chain([1e-8, 1]) }).verdict).toBe('inconclusive');
  });
});
