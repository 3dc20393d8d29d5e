import { describe, expect, it } from 'vitest';
import {
  formatCompact,
  formatCount,
  formatDecade,
  formatEstimate,
  formatNumber,
  formatPercent,
  formatPercentWithError,
  formatSeconds,
  formatShare,
  formatTick,
  formatWithError,
  keepFiguresWhole,
} from './format';

describe('formatNumber', () => {
  it.each([
    [0.40442965991445645, '0.4044'],
    [-1.3458935, '−1.346'],
    [60.64676569, '60.65'],
    [12345.678, '12346'],
    [2, '2'],
    [0, '0'],
    [-0, '0'],
    [1.234e-5, '12.34 × 10⁻⁶'],
    [-2.5e9, '−2.5 × 10⁹'],
    [123456, '123.5 × 10³'],
    [2.4e-4, '240 × 10⁻⁶'],
    [9.99996e-4, '1 × 10⁻³'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('formatWithError', () => {
  it.each([
    [0.40442965, 0.0203, '0.404 ± 0.020'],
    [268.47, 11.13, '268 ± 11'],
    [-1.3458935, 0.0981, '−1.346 ± 0.098'],
    [-1.3458935, 0.0999, '−1.35 ± 0.10'],
    [1.234e-6, 2.1e-8, '(1.234 ± 0.021) × 10⁻⁶'],
    [60.6467656946, 1.2e-9, '60.646766 ± 1.2 × 10⁻⁹'],
    [0.001, 3.2, '0.0 ± 3.2'],
    [5, 0, '5'],
    [5, NaN, '5'],
    [NaN, 0.1, 'NaN ± 0.1'],
    [3, Infinity, '3 ± ∞'],
  ])('writes %d with error %d as %s', (value, error, text) => {
    expect(formatWithError(value, error)).toBe(text);
  });
});

it('leaves out an error that would not move the fifth digit', () => {
  expect(formatCompact(61.041572, 4.4e-5)).toBe('61.042');
  expect(formatCompact(61.041572, 0.044)).toBe('61.042 ± 0.044');
  expect(formatCompact(5, 0)).toBe('5');
  expect(formatCompact(0, 1e-9)).toBe('(0.0 ± 1.0) × 10⁻⁹');
});

it('groups whole counts and shortens huge ones', () => {
  expect(formatCount(61706)).toBe('61\u202f706');
  expect(formatCount(999)).toBe('999');
  expect(formatCount(25_557_032)).toBe('25.6 million');
});

it('writes fractions as percent and keeps a missing accuracy visible', () => {
  expect(formatPercent(0.853)).toBe('85.3 %');
  expect(formatPercent(NaN)).toBe('NaN');
});

it('chooses the unit of a time', () => {
  expect(formatSeconds(0.0431)).toBe('43 ms');
  expect(formatSeconds(1.238)).toBe('1.24 s');
  expect(formatSeconds(200.2)).toBe('3 min 20 s');
});

it('labels whole decades of a log axis only', () => {
  expect([1e-5, 0.01, 1, 1000, 1e6, 20].map(formatDecade)).toEqual(['10⁻⁵', '0.01', '1', '1000', '10⁶', '']);
});

it('rounds the dust of linear ticks away', () => {
  expect(formatTick(0.30000000000000004)).toBe('0.3');
});

it('gives figures in a sentence no place to break', () => {
  const sentence = 'λ_min = −1.34 ± 1.2e-4 is 17.6 % of it (top-1, a well-known one).';
  expect(keepFiguresWhole(sentence)).toBe(
    'λ_min = −1.34\u00a0±\u00a01.2e−4 is 17.6\u00a0% of it (top-1, a well-known one).',
  );
});

it('writes estimates with their error, and without one that would not move a digit', () => {
  expect(formatEstimate({ value: 279.4, standardError: 11.2 })).toBe('279 ± 11');
  expect(formatEstimate({ value: 279.4, standardError: 0 })).toBe('279.4');
  expect(formatEstimate({ value: 279.4 })).toBe('279.4 (error not known)');
  // As earlier versions saved it.
  expect(formatEstimate({ value: 279.4, standardError: NaN })).toBe('279.4 (error not known)');
  expect(formatShare({ value: 0.853 })).toBe('85.3 % (error not known)');
  expect(formatPercentWithError(0.853, 0.004)).toBe('85.30 ± 0.40 %');
  expect(formatPercentWithError(0.853, 1e-12)).toBe('85.3 %');
  expect(formatPercentWithError(0.853, NaN)).toBe('85.3 %');
});
