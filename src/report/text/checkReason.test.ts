import { expect, it } from 'vitest';
import type { Check } from '../sections/checks';
import { comparedBy, reasonOf } from './checkReason';

const check = (more: Partial<Check>): Check => ({
  name: 'gradient, direction 1',
  value: 1e-6,
  limit: 1e-4,
  passed: true,
  detail: 'gᵀd 2.5, finite differences 2.5 ± 0.1; differences of the smooth piece at θ',
  ...more,
});

it('gives the two figures of a check that passed', () => {
  expect(reasonOf(check({}))).toBe('gᵀd 2.5, finite differences 2.5 ± 0.1');
});

it('adds how far beyond its bound a check that failed is', () => {
  const failed = { passed: false, detail: '1 against 2' };
  expect(reasonOf(check({ ...failed, value: 2e-3 }))).toBe('1 against 2: 20 times the bound');
  expect(reasonOf(check({ ...failed, value: 1.0001e-4 }))).toBe('1 against 2');
  expect(reasonOf(check({ ...failed, value: NaN }))).toBe('1 against 2: NaN is no figure to compare');
  expect(reasonOf(check({ ...failed, value: 1, limit: 0 }))).toBe('1 against 2');
});

it('says why a check could not be judged', () => {
  expect(reasonOf(check({ judged: false, detail: 'too coarse; gᵀd 2.5' }))).toBe('too coarse');
});

it('says what is compared, with what the check says of the way', () => {
  expect(comparedBy(check({}))).toBe(
    'gᵀd against central differences of the loss along d; differences of the smooth piece at θ',
  );
  expect(comparedBy(check({ name: 'forward mode of G, direction 3', detail: 'x' }))).toMatch(/^dᵀGd/);
  expect(comparedBy(check({ name: 'forward mode, direction 3', detail: 'x' }))).toMatch(/^dᵀHd/);
  expect(comparedBy(check({ name: 'of a later version', detail: 'x' }))).toBe('');
});
