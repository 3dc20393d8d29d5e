import { expect, it } from 'vitest';
import { balanceBars, scaleBars } from './weightBars';

it('shows the tensors that a rule of initialization names', () => {
  const weights = [
    { parameter: 'W', kind: 'dense' as const, count: 64, rule: 'he' as const, ratio: 0.3, end: 'layer' as const },
    { parameter: 'b', kind: 'bias' as const, count: 8, end: 'other' as const },
  ];
  expect(scaleBars(weights)).toEqual([{ name: 'W', value: 0.3, note: 'rule: He' }]);
});

it('divides the ratio of norms by what unequal widths bring about', () => {
  const pair = {
    first: ['fc1.weight'],
    second: ['V'],
    units: 16,
    ratio: { geometricMean: 300, least: 100, greatest: 900 },
    expected: 3,
    zero: 0,
    balancedNorm: 1,
  };
  expect(balanceBars([pair])[0]).toMatchObject({ name: 'fc1 → V', value: 100, note: 'mean over 16 units' });
  expect(balanceBars([pair])[0]!.range!.greatest).toBe(300);
});
