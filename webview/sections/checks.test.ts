import { expect, it } from 'vitest';
import { failedChecks } from './checks';

const check = { name: 'symmetry', value: 3e-5, limit: 1e-4, passed: true, detail: '' };
const failed = { ...check, value: 0.031, passed: false };

it('finds failed checks, and none if nothing was checked', () => {
  expect(failedChecks({ checks: [check, failed] })).toEqual([failed]);
  expect(failedChecks({})).toEqual([]);
  expect(failedChecks(undefined)).toEqual([]);
});

it('claims nothing about checks that could not be judged', () => {
  const open = { ...check, value: NaN, limit: Infinity, judged: false };
  expect(failedChecks({ checks: [open] })).toEqual([]);
});
