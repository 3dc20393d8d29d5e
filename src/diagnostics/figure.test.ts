import { expect, it } from 'vitest';
import { counted, figure, figureWithError, percent } from './figure';

it.each([
  [0, '0'],
  [1, '1.00'],
  [-0.28788, '−0.288'],
  [216.5515, '217'],
  [61706, '61700'],
  [1081825, '1.08e6'],
  [4.3e-5, '4.30e-5'],
  [NaN, 'not a number'],
  [-Infinity, '−∞'],
])('writes %d as %s', (value, text) => expect(figure(value)).toBe(text));

it('gives as many digits as the error leaves', () => {
  expect(figureWithError(-0.287881, 0.0002)).toBe('−0.28788 ± 2.0e-4');
  expect(figureWithError(0.5, 2)).toBe('0.500 ± 2.0');
  expect(figureWithError(0, 1e-9)).toBe('0 ± 1.0e-9');
  expect(figureWithError(3, 0)).toBe('3.00');
});

it('writes fractions as percentages and counts with their noun', () => {
  expect(percent(0.0582)).toBe('5.8 %');
  expect(percent(1.036)).toBe('104 %');
  expect(counted(1, 'direction')).toBe('1 direction');
  expect(counted(6, 'direction')).toBe('6 directions');
});
