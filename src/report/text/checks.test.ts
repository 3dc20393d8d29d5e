import { expect, it } from 'vitest';
import { comparison, tally } from './checks';

const check = { name: 'symmetry', value: 3e-5, limit: 1e-4, passed: true, detail: '' };
const failed = { ...check, value: 0.031, passed: false };
const unjudged = { ...check, judged: false };

it('summarises the checks', () => {
  expect(tally([check])).toBe('1 passed');
  expect(tally([check, check])).toBe('all 2 passed');
  expect(tally([check, unjudged])).toBe('1 passed, 1 could not be judged');
  expect(tally([check, failed, unjudged])).toBe('1 of 3 failed');
});

it('shows the disagreement beside its limit', () => {
  expect(comparison(check)).toBe('3 × 10⁻⁵ ≤ 1 × 10⁻⁴');
  expect(comparison(failed)).toBe('0.031 exceeds 1 × 10⁻⁴');
  expect(comparison(unjudged)).toBe('could not be judged');
  expect(comparison({ ...failed, value: NaN })).toBe('NaN is no figure to hold against 1 × 10⁻⁴');
});
