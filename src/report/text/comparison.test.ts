import { expect, it } from 'vitest';
import type { ComparedFigure } from '../sections/comparison';
import { comparisonSentences, comparisonTables, differenceText } from './comparison';

const figure = (id: string, value: number, error: number): ComparedFigure => ({
  id,
  name: id,
  values: [
    { value: 1, error: 0.1 },
    { value: NaN, error: NaN },
  ],
  differences: [
    { value: 0, error: 0 },
    { value, error },
  ],
  errors: 'paired',
});
const line = (height: number, error: number, at = 0.5) => ({
  alpha: [0, 0.5, 1],
  loss: [1, 1 + height, 1],
  barrier: { height, at, error },
});
const models = { models: [], figures: [] };

it('writes differences with their errors, and tells those within two of them', () => {
  expect(differenceText(figure('loss', -0.5, 0.1), 1)).toBe('−0.50 ± 0.10');
  expect(differenceText(figure('loss', 0.5, 0.3), 1)).toBe('0.50 ± 0.30 (not resolved)');
  expect(differenceText(figure('accuracy', 0.02, 0.005), 1)).toBe('2.00 ± 0.50 %');
  expect(differenceText(figure('parameterNorm', -8.0792812, 1e-7), 1)).toBe('−8.079');
  expect(differenceText(figure('trace', 3, NaN), 1)).toContain('error not known');
  expect(differenceText(figure('trace', NaN, NaN), 1)).toBe('–');
});

it('says whether a barrier is there, only beyond its error', () => {
  const sentence = (height: number, error: number) =>
    comparisonSentences({ ...models, distance: 2, line: line(height, error) })[0];
  expect(sentence(2, 0.1)).toContain('There is a barrier of 2.00 ± 0.10 at α = 0.5');
  expect(sentence(0.1, 0.06)).toContain('cannot be told from no barrier');
  expect(sentence(0, 0)).toContain('There is no barrier');
  expect(sentence(Infinity, NaN)).toContain('not finite');
});

it('says what matching leaves of a barrier', () => {
  const after = (height: number, error: number) =>
    comparisonSentences({
      ...models,
      distance: 2,
      line: line(2, 0.1),
      matched: { distance: 1, permutedUnits: 26, units: 30, line: line(height, error) },
    })[1];
  expect(after(0, 0)).toBe(
    'Matching moved 26 of 30 units and no barrier is left: what lay between the models was the order of their units.',
  );
  expect(after(1, 0.05)).toContain('leaves a barrier of 1.000 ± 0.050 at α = 0.5, 50 % of the one before');
  expect(after(3, 0.05)).toContain('the barrier is 3.000 ± 0.050 at α = 0.5, no lower than before: the order');
});

it('sets figures, differences and verdicts side by side', () => {
  const verdict = (id: string, state: 'present' | 'absent') => ({
    id,
    title: id,
    verdict: state,
    severity: 'low' as const,
    summary: '',
  });
  const model = (path: string, ...verdicts: ReturnType<typeof verdict>[]) => ({
    path,
    sha256: '',
    parameterCount: 1,
    loss: 1,
    verdicts,
    lines: [],
    warnings: [],
  });
  const compared = [model('a', verdict('saddle', 'absent')), model('b', verdict('saddle', 'present'))];
  const { values, differences, verdicts, pairs } = comparisonTables({
    models: [compared[0], compared[1]],
    figures: [figure('loss', -0.5, 0.1)],
  });
  expect(values).toEqual([
    ['', 'A', 'B'],
    ['loss', '1.00 ± 0.10', '–'],
  ]);
  expect(differences).toEqual([
    ['', 'B − A'],
    ['loss', '−0.50 ± 0.10'],
  ]);
  expect(verdicts).toEqual([
    ['', 'A', 'B'],
    ['saddle', 'absent', 'present'],
  ]);
  expect(pairs).toHaveLength(1);
});

it('says why there is no line', () => {
  expect(comparisonSentences({ ...models, apart: 'Other architectures.' })).toEqual(['Other architectures.']);
});
