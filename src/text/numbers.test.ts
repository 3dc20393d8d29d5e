import { describe, expect, it } from 'vitest';
import {
  formatCompact,
  formatEvidence,
  formatExact,
  formatMeasured,
  formatNumber,
  formatPercent,
  formatPercentWithError,
  formatShare,
  formatWithError,
} from './numbers';

describe('formatNumber', () => {
  it.each([
    [0.40442965991445645, '0.4044'],
    [-1.3458935, '−1.346'],
    [60.64676569, '60.65'],
    [12345.678, '12346'],
    [2, '2'],
    [0, '0'],
    [-0, '0'],
    [1.234e-5, '1.234 × 10⁻⁵'],
    [-2.5e9, '−2.5 × 10⁹'],
    [123456, '1.235 × 10⁵'],
    [2.4e-4, '2.4 × 10⁻⁴'],
    [9.99996e-4, '1.000 × 10⁻³'],
    [2.3004, '2.300'],
    [0.30000000000000004, '0.3'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('formatExact', () => {
  it.each([
    [0.1234567, '0.1234567'],
    [-0.5, '−0.5'],
    [-100, '−100'],
    [16777217, '16777217'],
    [1e-7, '1 × 10⁻⁷'],
    [-123456.5, '−1.234565 × 10⁵'],
    [1e300, '1 × 10³⁰⁰'],
    [-0, '0'],
    [-Infinity, '−∞'],
  ])('writes %d as %s', (value, text) => {
    expect(formatExact(value)).toBe(text);
  });
});

describe('formatWithError', () => {
  it.each([
    [3.2e-4, 1e-5, '3.2 × 10⁻⁴ ± 1 × 10⁻⁵'],
    [0.40442965, 0.0203, '0.404 ± 0.020'],
    [268.47, 11.13, '268 ± 11'],
    [-1.3458935, 0.0981, '−1.346 ± 0.098'],
    [-1.3458935, 0.0999, '−1.35 ± 0.10'],
    [-0.287881, 0.0002, '−0.28788 ± 2 × 10⁻⁴'],
    [1.234e-6, 2.1e-8, '1.234 × 10⁻⁶ ± 2.1 × 10⁻⁸'],
    [123456, 1200, '1.235 × 10⁵ ± 1.2 × 10³'],
    [60.6467656946, 1.2e-9, '60.6468 ± 1.2 × 10⁻⁹'],
    [0.001, 3.2, '0.0 ± 3.2'],
    [-1e-8, 1e-6, '0 ± 1 × 10⁻⁶'],
    [0, 1e-9, '0 ± 1 × 10⁻⁹'],
    [9e-8, 1.1e-6, '1 × 10⁻⁷ ± 1.1 × 10⁻⁶'],
    [5, 0, '5'],
    [5, NaN, '5'],
    [NaN, 0.1, 'NaN ± 0.1'],
    [3, Infinity, '3 ± ∞'],
  ])('writes %d with error %d as %s', (value, error, text) => {
    expect(formatWithError(value, error)).toBe(text);
  });
});

it('omits an error that does not move the fourth digit', () => {
  expect(formatCompact(61.041572, 4.4e-5)).toBe('61.04');
  expect(formatCompact(61.041572, 4.9e-3)).toBe('61.04');
  expect(formatCompact(61.041572, 5.1e-3)).toBe('61.0416 ± 0.0051');
  expect(formatCompact(0.0327646, 6.2e-8)).toBe('0.03276');
  expect(formatCompact(0, 1e-9)).toBe('0 ± 1 × 10⁻⁹');
  expect(formatCompact(NaN, 0.1)).toBe('NaN ± 0.1');
  expect(formatCompact(61.041572, 0.044)).toBe('61.042 ± 0.044');
  expect(formatCompact(5, 0)).toBe('5');
});

it('says when a figure is not resolved', () => {
  expect(formatMeasured(0.5, 2)).toBe('0.5 ± 2.0 (not resolved)');
  expect(formatMeasured(-0.5, 0.5)).toBe('−0.50 ± 0.50 (not resolved)');
  expect(formatMeasured(0.5, 0.4)).toBe('0.50 ± 0.40');
  expect(formatMeasured(0, 0)).toBe('0');
});

it('writes fractions as percentages and keeps a missing accuracy visible', () => {
  expect([0.853, 1.036, 0.0582, 0.00012, 1, NaN].map(formatPercent)).toEqual([
    '85.3 %',
    '104 %',
    '5.8 %',
    '0.012 %',
    '100 %',
    'NaN',
  ]);
  expect(formatPercentWithError(0.853, 0.004)).toBe('85.30 ± 0.40 %');
  expect(formatPercentWithError(0.853, 1e-12)).toBe('85.3 %');
  expect(formatPercentWithError(0.853, NaN)).toBe('85.3 %');
});

describe('figures whose error is as large as they are', () => {
  it('are not resolved, in lists of evidence as in sentences', () => {
    expect(formatEvidence(-0.001, 0.0042)).toBe('not resolved (± 0.0042)');
    expect(formatEvidence(-1.3459, 0.0042)).toBe('−1.3459 ± 0.0042');
    expect(formatEvidence(61.0416, 0)).toBe('61.04');
    expect(formatEvidence(NaN, 1)).toBe('NaN ± 1');
    expect(formatShare(0.49, 0.49)).toBe('a share that is not resolved (± 49 %)');
    expect(formatShare(0.49, 0.12)).toBe('49 ± 12 %');
  });
});
