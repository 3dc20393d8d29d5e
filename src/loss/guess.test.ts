import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph/builder';
import { guessLoss } from './guess';
import type { LayerEnd } from './layerEnd';
import { bernoulli, categorical, NUMBERS } from './prediction';

type Rows = 'one-hot' | 'distributions';
const NONE: ReadonlyMap<number, Rows> = new Map<number, Rows>();
const rows = (kind: Rows) => new Map([[1, kind]]);
const integers = (shape: number[], max: number) => ({ shape, min: 0, max, integers: true, distributions: NONE });
const softmax = categorical('Softmax', null, 1);
const logSoftmax = categorical('LogSoftmax', null, 1, 'logProbabilities');
const g = new GraphBuilder();
const sigmoid = bernoulli('Sigmoid', g.input('z', 'float32', [1, 1]));
const cut = { ...bernoulli('a cut to [0, 1]', null), weak: true };
const conv: LayerEnd = { op: 'Conv', axis: 1, linear: true };
const reals = (shape: number[]) => ({ shape, min: -2.5, max: 3.1, integers: false, distributions: NONE });
const shares = { ...reals([9, 3]), min: 0, max: 1, distributions: rows('distributions') };

it.each([
  ['class indices', NUMBERS, [null, 10], integers([100], 9), 'cross_entropy'],
  ['class indices as a column', NUMBERS, [null, 10], integers([100, 1], 9), 'cross_entropy'],
  ['log-probabilities', logSoftmax, [null, 10], integers([100], 9), 'nll'],
  ['probabilities', softmax, [null, 10], integers([100], 9), 'cross_entropy'],
  ['one-hot targets', softmax, [null, 3], { ...integers([9, 3], 1), distributions: rows('one-hot') }, 'cross_entropy'],
  ['label smoothing', softmax, [null, 3], shares, 'cross_entropy'],
  ['mixed labels', NUMBERS, [null, 3], shares, 'cross_entropy'],
  ['soft labels of log-probabilities', logSoftmax, [null, 3], shares, 'nll'],
  ['numbers that happen to sum to 1', sigmoid, [null, 3], shares, 'bce'],
  ['real targets', NUMBERS, [null, 1], reals([100, 1]), 'mse'],
  ['real targets of several outputs', NUMBERS, [null, 3], reals([100, 3]), 'mse'],
  ['a probability', sigmoid, [null, 1], integers([100, 1], 1), 'bce'],
  ['a binary logit', NUMBERS, [null, 1], integers([100, 1], 1), 'bce_with_logits'],
  ['pixels', NUMBERS, [null, 21, 8, 8], integers([4, 8, 8], 20), 'cross_entropy'],
  ['tokens', NUMBERS, [null, 16, 500], integers([4, 16], 499), 'cross_entropy'],
  ['one output without targets', NUMBERS, [null, 1], null, 'mse'],
  ['one number without an axis', NUMBERS, [null], null, 'mse'],
  ['one channel without targets', NUMBERS, [null, 1, 8, 8], null, 'mse'],
  ['a number for each token without targets', NUMBERS, [null, 16, 1], null, 'mse'],
  ['tokens without targets', NUMBERS, [null, 16, 500], null, 'cross_entropy'],
  ['a loss without targets', NUMBERS, [], null, 'output'],
] as const)('guesses from %s', (what, prediction, outputShape, target, loss) => {
  const end = what.includes('channel') ? conv : null;
  expect(guessLoss({ prediction, end, outputShape, target })?.loss).toBe(loss);
});

it('does not guess if targets and outputs do not fit', () => {
  expect(guessLoss({ prediction: NUMBERS, end: null, outputShape: [null, 10], target: reals([100, 4]) })).toBeNull();
});

it('takes numbers clipped to [0, 1] for probabilities if the targets are 0 or 1, else for pixels', () => {
  const guess = (target: ReturnType<typeof integers>) =>
    guessLoss({ prediction: cut, end: conv, outputShape: [null, 1], target })?.loss;
  expect(guess(integers([9, 1], 1))).toBe('bce');
  expect(guess({ ...integers([9, 1], 1), integers: false })).toBe('mse');
});
