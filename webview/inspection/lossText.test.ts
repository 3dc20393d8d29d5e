import { expect, it } from 'vitest';
import { isNoBetterThanChance, lossText } from './lossText';

const measured = {
  kind: 'measured' as const,
  function: 'cross_entropy' as const,
  loss: 0.4044,
  standardError: 0.02,
  samples: 256,
  chanceLoss: 2.3026,
  accuracy: 0.862,
  chanceAccuracy: 0.131,
};

it('says the loss beside that of chance', () => {
  expect(lossText(measured)).toBe(
    'cross_entropy is 0.404 ± 0.020 at the weights, on 256 samples. Without looking at the input, 2.303 is the best. Accuracy: 86.2 %, of the most frequent class 13.1 %.',
  );
  expect(isNoBetterThanChance(measured)).toBe(false);
});

it('says so where the loss is no better than chance, or no number', () => {
  expect(isNoBetterThanChance({ ...measured, loss: 2.4 })).toBe(true);
  expect(isNoBetterThanChance({ ...measured, loss: null })).toBe(true);
  expect(lossText({ ...measured, loss: null, chanceLoss: null, accuracy: null })).toBe(
    'cross_entropy is not finite at the weights, on 256 samples.',
  );
});
