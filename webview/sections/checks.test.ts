import { expect, it } from 'vitest';
import { comparison, failedChecks } from './checks';

const check = { name: 'symmetry', value: 3e-5, limit: 1e-4, passed: true, detail: '' };
const failed = { ...check, value: 0.031, passed: false };

it('finds what failed, and nothing where nothing was checked', () => {
  expect(failedChecks({ checks: [check, failed] })).toEqual([failed]);
  expect(failedChecks({})).toEqual([]);
  expect(failedChecks(undefined)).toEqual([]);
});

it('says how value and limit compare', () => {
  expect(comparison(check)).toBe('30 × 10⁻⁶ ≤ 100 × 10⁻⁶');
  expect(comparison(failed)).toBe('0.031 exceeds 100 × 10⁻⁶');
});

it('claims nothing for what could not be judged', () => {
  const open = { ...check, value: NaN, limit: Infinity, judged: false };
  expect(failedChecks({ checks: [open] })).toEqual([]);
  expect(comparison(open)).toBe('could not be judged');
});

it('does not read NaN as a pass', () => {
  expect(comparison({ ...check, value: NaN, passed: false })).toBe('NaN is no figure to hold against 100 × 10⁻⁶');
});
