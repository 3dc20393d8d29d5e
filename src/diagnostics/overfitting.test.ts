import { expect, it } from 'vitest';
import { LIMITS } from './limits';
import type { Measurements } from './measurements';
import { overfitting } from './overfitting';
import { loss } from './testMeasurements';

type Test = Measurements['test'];

const judge = (test: Partial<Test>) =>
  overfitting.judge(
    {
      loss: loss(1, { error: 0.03, accuracy: 0.9 }),
      test: { loss: { value: 2, error: 0.04 }, accuracy: 0.6, cosine: null, change: null, ...test },
    },
    LIMITS,
  )!;
const figure = (value: number, error: number) => ({ value, error });

it.each([
  ['gradients that point apart', { cosine: figure(-0.3, 0.1) }, 'present'],
  ['a step that raises the test loss', { cosine: figure(0, 0.1), change: figure(0.1, 0.04) }, 'present'],
  ['gradients that may point apart', { cosine: figure(-0.15, 0.1) }, 'inconclusive'],
  ['gradients that agree', { cosine: figure(0.3, 0.1) }, 'absent'],
  ['a step that lowers the test loss', { cosine: figure(0, 0.1), change: figure(-0.1, 0.04) }, 'absent'],
  ['no gradient', {}, 'inconclusive'],
  ['a single test sample', { cosine: figure(-0.3, NaN) }, 'inconclusive'],
] as const)('where the test loss is higher: %s', (_, test, verdict) => {
  expect(judge(test).verdict).toBe(verdict);
});

it.each([
  // The errors add up to 0.05.
  [1.09, 'inconclusive'],
  [1.11, 'present'],
])('where further training raises a test loss of %f: %s', (value, verdict) => {
  expect(judge({ loss: figure(value, 0.04), cosine: figure(-0.3, 0.1) }).verdict).toBe(verdict);
});

it('is absent where the two losses cannot be told apart, unless a difference of a quarter of chance is possible', () => {
  const near = (value: number, error: number, chance: number | null) =>
    overfitting.judge(
      {
        loss: loss(1, { error: 0.03, chance }),
        test: { loss: figure(value, error), accuracy: null, cosine: figure(0, 0.1), change: null },
      },
      LIMITS,
    )!.verdict;
  expect(near(0.9, 0.04, 2)).toBe('absent');
  expect(near(1.09, 0.04, 2)).toBe('absent');
  expect(near(1.09, 0.04, null)).toBe('absent');
  // 1.2 − 1 + 2·0.2 is above 2/4.
  expect(near(1.2, 0.2, 2)).toBe('inconclusive');
});

it('tells both accuracies', () => {
  expect(judge({ cosine: figure(-0.3, 0.1) }).summary).toMatch(/accuracy is 90 % .* 60 %/);
});
