import { expect, it } from 'vitest';
import { classAxis, guessLoss } from './guess';

const integers = (shape: number[], max: number) => ({ shape, min: 0, max, integers: true, oneHot: false });
const reals = (shape: number[]) => ({ shape, min: -2.5, max: 3.1, integers: false, oneHot: false });

it.each([
  ['class indices', ['Gemm'], [null, 10], integers([100], 9), 'cross_entropy'],
  ['class indices as a column', ['Gemm'], [null, 10], integers([100, 1], 9), 'cross_entropy'],
  ['log-probabilities', ['LogSoftmax', 'Gemm'], [null, 10], integers([100], 9), 'nll'],
  ['probabilities', ['Softmax', 'Gemm'], [null, 10], integers([100], 9), 'cross_entropy'],
  ['one-hot targets', ['Softmax'], [null, 3], { ...integers([9, 3], 1), oneHot: true }, 'cross_entropy'],
  ['real targets', ['Gemm'], [null, 1], reals([100, 1]), 'mse'],
  ['real targets of several outputs', ['Add'], [null, 3], reals([100, 3]), 'mse'],
  ['a probability', ['Sigmoid'], [null, 1], integers([100, 1], 1), 'bce'],
  ['a binary logit', ['Gemm'], [null, 1], integers([100, 1], 1), 'bce_with_logits'],
  ['pixels', ['Conv'], [null, 21, 8, 8], integers([4, 8, 8], 20), 'cross_entropy'],
  ['tokens', ['MatMul'], [null, 16, 500], integers([4, 16], 499), 'cross_entropy'],
  ['one output without targets', ['Gemm'], [null, 1], null, 'mse'],
  ['one number without an axis', ['Div'], [null], null, 'mse'],
  ['one channel without targets', ['Conv'], [null, 1, 8, 8], null, 'mse'],
  ['a number for each token without targets', ['MatMul'], [null, 16, 1], null, 'mse'],
  ['tokens without targets', ['MatMul'], [null, 16, 500], null, 'cross_entropy'],
  ['a loss without targets', ['ReduceMean'], [], null, 'output'],
])('guesses from %s', (_, lastOperators, outputShape, target, loss) => {
  expect(guessLoss({ lastOperators, outputShape, target })?.loss).toBe(loss);
});

it('does not guess where targets and outputs do not fit', () => {
  expect(guessLoss({ lastOperators: ['Gemm'], outputShape: [null, 10], target: reals([100, 4]) })).toBeNull();
});

it('finds the class axis on either side', () => {
  expect(classAxis([null, 21, 8, 8], [4, 8, 8])).toBe(1);
  expect(classAxis([null, 16, 500], [4, 16])).toBe(2);
  expect(classAxis([null, 10], [100])).toBe(1);
});
