import { describe, expect, it } from 'vitest';
import type { Measurements } from './measurements';
import { LIMITS } from './limits';
import { symmetry } from './symmetry';

type Layer = Measurements['symmetry']['layers'][number];
const layer = (more: Partial<Layer> = {}): Layer => ({
  layer: 'w',
  units: 20,
  duplicated: 0,
  groups: 0,
  gradientDifference: 0,
  removed: 0,
  ...more,
});
const judge = (...layers: Layer[]) => symmetry.judge({ symmetry: { logPermutations: 42, layers } }, LIMITS)!;

describe('duplicated units', () => {
  it('are present with equal weights and equal gradients', () => {
    const finding = judge(layer(), layer({ layer: 'v', duplicated: 4, groups: 1 }));
    expect(finding).toMatchObject({ verdict: 'present', severity: 'medium', shownIn: 'weights' });
    expect(finding.summary).toContain('4 of 20 units of «v» have the same incoming and outgoing weights');
    expect(finding.advice.length).toBeGreaterThan(0);
  });

  it('matter most where a whole layer is one unit', () => {
    expect(judge(layer({ duplicated: 20, groups: 1 })).severity).toBe('high');
    expect(judge(layer({ duplicated: 20, groups: 2 })).severity).toBe('medium');
  });

  it('are present by equal weights alone where there is no gradient', () => {
    expect(judge(layer({ duplicated: 2, groups: 1, gradientDifference: undefined })).verdict).toBe('present');
  });

  it('are not judged where the gradients of equal units differ, to the edge of the limit', () => {
    const at = (gradientDifference: number) => judge(layer({ duplicated: 2, groups: 1, gradientDifference })).verdict;
    expect([at(0.99e-3), at(1.01e-3)]).toEqual(['present', 'inconclusive']);
  });

  it('are absent where no two units are equal, or none are hidden', () => {
    expect(judge(layer()).verdict).toBe('absent');
    expect(judge()).toMatchObject({ verdict: 'absent' });
  });
});
