import { expect, it } from 'vitest';
import { formatDecade, formatTick, keepFiguresWhole, unbroken } from './format';

it('labels whole decades of a log axis only', () => {
  expect([1e-5, 0.01, 1, 1000, 1e6, 20].map(formatDecade)).toEqual(['10⁻⁵', '0.01', '1', '1000', '10⁶', '']);
});

it('removes rounding errors from linear ticks', () => {
  expect(formatTick(0.30000000000000004)).toBe('0.3');
});

it('does not let figures in a sentence break across lines', () => {
  const sentence = 'λ_min = −1.34 ± 2 × 10⁻⁴ (once 1.2e-4) is 17.6 % of it (top-1, a well-known one).';
  expect(keepFiguresWhole(sentence)).toBe(
    'λ_min = −1.34\u00a0±\u00a02\u00a0×\u00a010⁻⁴ (once 1.2e−4) is 17.6\u00a0% of it (top-1, a well-known one).',
  );
});

it('keeps a figure and its unit together, and nothing else', () => {
  expect(unbroken('43 ms of 3 min 20 s on 1.5 GiB, 25.6 million, in 30 steps at 2 of 5')).toBe(
    '43\u00a0ms of 3\u00a0min 20\u00a0s on 1.5\u00a0GiB, 25.6\u00a0million, in 30\u00a0steps at 2 of 5',
  );
  // A name of the user's stays as it is.
  expect(unbroken('run_1e-4.onnx')).toBe('run_1e-4.onnx');
});

it('tells close ticks apart', () => {
  const ticks = [1.3861, 1.3862, 1.3863].map((value) => ({ value }));
  expect(ticks.map(({ value }) => formatTick(value, ticks))).toEqual(['1.3861', '1.3862', '1.3863']);
  const coarse = [0, 0.1, 0.2, 0.30000000000000004].map((value) => ({ value }));
  expect(coarse.map(({ value }) => formatTick(value, coarse))).toEqual(['0', '0.1', '0.2', '0.3']);
});
