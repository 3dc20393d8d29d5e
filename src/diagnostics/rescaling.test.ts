import { describe, expect, it } from 'vitest';
import type { Measurements } from './measurements';
import { LIMITS } from './limits';
import { rescaling } from './rescaling';

type Pair = Measurements['rescaling']['pairs'][number];
const pair = (geometricMean: number, more: Partial<Pair> = {}): Pair => ({
  first: ['w'],
  second: ['v'],
  units: 20,
  ratio: { geometricMean, least: geometricMean / 2, greatest: geometricMean * 2 },
  expected: 1,
  zero: 0,
  balancedNorm: 6,
  ...more,
});
const judge = (...pairs: Pair[]) => rescaling.judge({ rescaling: { pairs } }, LIMITS)!;

describe('unbalanced layers', () => {
  it('are present from a factor of 100 in either direction', () => {
    const verdicts = [99, 101, 1 / 99, 1 / 101].map((ratio) => judge(pair(ratio)).verdict);
    expect(verdicts).toEqual(['absent', 'present', 'absent', 'present']);
  });

  it('name the long side and the norm that both sides could have', () => {
    const { summary, severity, evidence, advice } = judge(pair(1), pair(1e-5, { first: ['a'], second: ['b', 'c'] }));
    expect(severity).toBe('high');
    expect(summary).toContain('«b» and 1 other tensor is 1 × 10⁵ times as long as «a»');
    expect(evidence[0]).toMatchObject({ name: 'norm in / out, «a» / «b» and 1 other tensor', value: 1e-5 });
    expect(advice[0]).toContain('both norms become 6');
  });

  it('are judged beyond what unequal widths bring about', () => {
    expect(judge(pair(300, { expected: 100 })).verdict).toBe('absent');
    expect(judge(pair(1, { expected: 200 })).verdict).toBe('present');
  });

  it('are absent where no layers are joined, or one side is zero', () => {
    expect(judge().verdict).toBe('absent');
    expect(judge(pair(NaN)).verdict).toBe('absent');
  });
});
