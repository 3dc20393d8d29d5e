import { expect, it } from 'vitest';
import { formatCountEstimate, formatEstimate, formatShare } from './estimates';

it('writes estimates with their error, and omits an error that would not change a digit', () => {
  expect(formatEstimate({ value: 279.4, standardError: 11.2 })).toBe('279 ± 11');
  expect(formatEstimate({ value: 279.4, standardError: 0 })).toBe('279.4');
  expect(formatShare({ value: 0.853, standardError: 0.004 })).toBe('85.30 ± 0.40 %');
});

it('says when an estimate is not resolved', () => {
  expect(formatEstimate({ value: 1, standardError: 3 })).toBe('1.0 ± 3.0 (not resolved)');
  expect(formatShare({ value: 0.12, standardError: 0.15 })).toBe('not resolved (± 15 %)');
});

it('says when the error is not known', () => {
  expect(formatEstimate({ value: 279.4 })).toBe('279.4 (error not known)');
  // Earlier versions saved the value in this form.
  expect(formatEstimate({ value: 279.4, standardError: NaN })).toBe('279.4 (error not known)');
  expect(formatShare({ value: 0.853 })).toBe('85.3 % (error not known)');
});

it('rounds large counts to two digits of the error', () => {
  expect(formatCountEstimate({ value: 22_812, standardError: 3791 })).toBe('22,800 ± 3,800');
  expect(formatCountEstimate({ value: 2312, standardError: 120 })).toBe('2312 ± 120');
});
