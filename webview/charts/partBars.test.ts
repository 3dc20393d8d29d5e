import { describe, expect, it } from 'vitest';
import type { PartCurvature } from '../../src/report/sections/parts';
import { largestBars, partBars, partLevels, partSummary, weightBars } from './partBars';
import type { PartBar } from './partBars';

const part = (name: string, level: PartCurvature['level'], trace: number, count = 10): PartCurvature => ({
  name,
  level,
  count,
  trace: { value: trace, standardError: 1 },
  rowNorm: { value: Math.abs(trace), standardError: 0.5 },
});
const parts = [part('a.weight', 'tensor', 30), part('a.bias', 'tensor', 10, 2), part('a', 'layer', 40, 12)];
const bar = (name: string, value: number, error = 0.1): PartBar => ({ name, value, error, parts: 1 });

describe('partBars', () => {
  it('shows one level in the order of the network', () => {
    expect(partBars(parts, 'trace', 'tensor').map(({ name }) => name)).toEqual(['a.weight', 'a.bias']);
    expect(partBars(parts, 'trace', 'block')).toEqual([]);
    expect(partLevels(parts)).toEqual(['tensor', 'layer']);
  });

  it('divides trace and error by the count for the mean', () => {
    expect(partBars(parts, 'mean', 'tensor')[1]).toMatchObject({ value: 5, error: 0.5 });
  });

  it('shows the curvature along the weights of parts in which it was measured, and skips the others', () => {
    const byParameter = [
      { name: 'a.weight', norm: 1, curvature: { value: 2, standardError: 0 } },
      { name: 'a.bias', norm: 1 },
    ];
    expect(weightBars(byParameter)).toEqual([{ name: 'a.weight', value: 2, error: 0, parts: 1 }]);
    expect(weightBars(undefined)).toEqual([]);
  });
});

describe('largestBars', () => {
  const many = Array.from({ length: 161 }, (_, i) => bar(`t${i}`, i % 2 === 0 ? i : -i));

  it('keeps the largest by magnitude and sums the rest, so that the total is the trace', () => {
    const shown = largestBars(many, 'trace', 24);
    expect(shown).toHaveLength(25);
    expect(shown[0].name).toBe('t160');
    expect(shown[1]).toMatchObject({ name: 't159', value: -159 });
    expect(shown.at(-1)).toMatchObject({ name: '137 others, summed', parts: 137 });
    const total = (bars: PartBar[]): number => bars.reduce((sum, { value }) => sum + value, 0);
    expect(total(shown)).toBeCloseTo(total(many), 10);
  });

  it('adds row norms as lengths of disjoint rows', () => {
    expect(largestBars([bar('a', 9), bar('b', 3), bar('c', 4)], 'rowNorm', 1).at(-1)).toMatchObject({ value: 5 });
  });

  it('has no bar for the rest if a sum would be meaningless', () => {
    expect(largestBars(many, 'mean', 24)).toHaveLength(24);
    expect(largestBars(many, 'weights', 24)).toHaveLength(24);
  });

  it('does not change a small number of bars', () => {
    expect(largestBars(many.slice(0, 25), 'trace', 24)).toEqual(many.slice(0, 25));
  });
});

describe('partSummary', () => {
  it('names the sharpest part with its share, and parts that are negative or not resolved from zero', () => {
    expect(partSummary([bar('a', 30, 1), bar('b', 15, 1), bar('c', -5, 1), bar('d', 0.1, 1)], 'trace')).toBe(
      'Sharpest: a, 30.0 ± 1.0, 74.8 % of the sum. c is negative beyond two standard errors. 1 of 4 cannot be told from zero.',
    );
  });

  it('describes finite parts only', () => {
    expect(partSummary([bar('a', NaN)], 'trace')).toBe('No part has a finite figure.');
  });
});
