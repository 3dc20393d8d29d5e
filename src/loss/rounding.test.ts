import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph/builder';
import type { LossName } from '../options/options';
import { lossHead } from './head';
import { NUMBERS, bernoulli, categorical } from './prediction';
import { lossRounding } from './rounding';

const [FLOAT32, FLOAT64] = [2 ** -24, 2 ** -53];

function roundingOf(loss: LossName, precision: 'float32' | 'float64', last: 'logits' | 'LogSoftmax' | 'Sigmoid') {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [4, 3]);
  // A Sigmoid whose logits nobody can see, behind a Tanh: probabilities as the model rounds them.
  const outputs = {
    logits: { output: x, prediction: NUMBERS },
    LogSoftmax: {
      output: g.apply('LogSoftmax', [x], { axis: 1 }),
      prediction: categorical('LogSoftmax', null, 1, 'logProbabilities'),
    },
    Sigmoid: { output: g.unary('Tanh', g.unary('Sigmoid', x)), prediction: bernoulli('Tanh', null) },
  };
  const classes = loss === 'cross_entropy' || loss === 'nll';
  const target = classes ? g.input('t', 'int64', [4]) : g.input('t', 'float32', [4, 3]);
  const request = { loss, ...outputs[last], outputName: 'y', target, classAxis: 1, precision };
  return lossRounding(lossHead(g, request).perSample);
}

it('is that of the type in which the loss takes the logarithm', () => {
  expect(roundingOf('cross_entropy', 'float64', 'logits')).toBe(FLOAT64);
  expect(roundingOf('cross_entropy', 'float32', 'logits')).toBe(FLOAT32);
  expect(roundingOf('bce_with_logits', 'float64', 'logits')).toBe(FLOAT64);
});

it('is that of the model if the model computes the probability or its logarithm', () => {
  expect(roundingOf('nll', 'float64', 'LogSoftmax')).toBe(FLOAT32);
  expect(roundingOf('bce', 'float64', 'Sigmoid')).toBe(FLOAT32);
});

it('is zero if the loss is not a logarithm', () => {
  expect(roundingOf('mse', 'float64', 'LogSoftmax')).toBe(0);
  expect(roundingOf('mae', 'float64', 'logits')).toBe(0);
  expect(roundingOf('huber', 'float64', 'logits')).toBe(0);
});
