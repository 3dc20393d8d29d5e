import { newton, descent } from '../samples/logistic';
import { classes, dense, drawn, glorot, he, input, matrix, normals, zeros } from '../samples/parts';
import { filled, floats, ints, node } from '../unit/sourceGraph';
import type { Trouble } from './trouble';
import { HEALTHY, mapped, normalTensor } from './trouble';

const BCE = { loss: 'bce_with_logits' } as const;
const column = (values: readonly number[]) => floats(values, [values.length, 1]);
const logistic = (theta: readonly number[]) =>
  dense([{ weight: column(theta.slice(0, -1)), bias: theta.slice(-1) }], null);

export const logisticMinimum = (): Trouble => {
  const { rows, labels, x } = classes(120, 3, 2, 0.5, 'logistic minimum');
  return {
    says: 'logistic regression at its only minimum, by Newton to float64 convergence',
    graph: logistic(newton(rows, labels)),
    data: { x, target: column(labels) },
    options: BCE,
    expect: {
      'critical-point': 'present',
      minimum: 'present',
      saddle: 'absent',
      'local-global': 'absent',
      'gradient-noise': 'present',
      'flat-region': 'not-present',
    },
  };
};

/** The population's minimum, taken for 24 other samples: what is left of the gradient is chance. */
export const noisyLabels = (): Trouble => {
  const all = classes(1224, 6, 2, 0.3, 'noisy labels');
  const theta = newton(all.rows.slice(24), all.labels.slice(24));
  return {
    says: 'logistic regression fitted to 1,200 samples, seen on 24 others: the gradient is sampling error',
    graph: logistic(theta),
    data: { x: matrix(all.rows.slice(0, 24)), target: column(all.labels.slice(0, 24)) },
    options: BCE,
    expect: { 'gradient-noise': 'present', 'critical-point': 'not-absent', saddle: 'not-present' },
  };
};

/** Four labels per sample, each a half space, and wide margins: the loss is about e⁻²⁰. */
export const interpolatedLabels = (): Trouble => {
  const rows = Array.from({ length: 64 }, (_, i) =>
    normals(4, 'interpolated', i).map((value) => (value < 0 ? -1 : 1) * (1 + Math.abs(value) / 4)),
  );
  return {
    says: 'four labels per sample at margins of 20 and more: the loss is nearly zero',
    graph: dense(
      [{ weight: matrix(Array.from({ length: 4 }, (_, i) => [0, 1, 2, 3].map((j) => (i === j ? 20 : 0)))) }],
      null,
    ),
    data: { x: matrix(rows), target: matrix(rows.map((row) => row.map((value) => (value > 0 ? 1 : 0)))) },
    options: BCE,
    expect: {
      'critical-point': 'present',
      saddle: 'not-present',
      minimum: 'not-absent',
      'flat-region': 'absent',
      'numerical-trouble': 'absent',
      surrogate: 'not-present',
    },
  };
};

export const multiLabel = (): Trouble => {
  const x = normalTensor('multi label x', [96, 6]);
  const target = mapped(normalTensor('multi label t', [96, 5], 0.5), (value, at) => {
    const [sample, label] = [Math.floor(at / 5), at % 5];
    return Number(x.data[6 * sample + label]) + value > 0 ? 1 : 0;
  });
  return {
    says: 'a ReLU network for five labels at He initialization',
    graph: dense(
      drawn(
        [6, 16, 16, 5],
        (inputs, outputs, layer) => (layer === 2 ? glorot(inputs, outputs) : he(inputs)),
        'multi label',
      ),
      'Relu',
    ),
    data: { x, target },
    options: BCE,
    expect: { ...HEALTHY, 'gradient-noise': 'absent', 'local-global': 'absent' },
  };
};

/** Learnt with wide margins on clean labels; 5 of 128 were flipped afterwards. */
export const flippedLabels = (): Trouble => {
  const { rows, labels, x } = classes(128, 4, 2, 3, 'flipped');
  const theta = descent(rows, labels, { rate: 1, steps: 300 });
  return {
    says: 'wide margins on clean labels, of which 4 % are then flipped',
    graph: logistic(theta),
    data: { x, target: column(labels.map((label, i) => (i % 32 === 5 ? 1 - label : label))) },
    options: BCE,
    expect: { surrogate: 'present' },
  };
};

/** σ(z) = 1/(1 + e⁻ᶻ) as nodes: e⁻ᶻ overflows from z = −88.7 down. */
export const writtenSigmoid = (): Trouble => {
  const { rows, labels, x } = classes(96, 4, 2, 1, 'written sigmoid');
  return {
    says: 'a sigmoid written with Exp, fed with hundreds: e⁻ᶻ overflows',
    graph: {
      nodes: [
        node('MatMul', 'x w', 'z'),
        node('Neg', 'z', 'negative'),
        node('Exp', 'negative', 'power'),
        node('Add', 'power one', 'sum'),
        node('Div', 'one sum', 'y'),
      ],
      initializers: { w: column([300, -200, 100, 250]), one: floats([1]) },
      inputs: input(4),
    },
    data: { x, target: column(labels.slice(0, rows.length)) },
    options: { loss: 'bce', parameters: ['w'] },
    expect: { 'numerical-trouble': 'present' },
  };
};

export const largeLogits = (): Trouble => {
  const { rows, target } = classes(96, 4, 3, 1, 'large logits');
  return {
    says: 'softmax of logits up to 1e6 written out in a network: Exp overflows and NaN follows',
    graph: {
      nodes: [
        node('MatMul', 'x first', 'a'),
        node('Relu', 'a', 'b'),
        node('MatMul', 'b second', 'logits'),
        node('Exp', 'logits', 'powers'),
        node('ReduceSum', 'powers axes', 'sum', { keepdims: 1 }),
        node('Div', 'powers sum', 'y'),
      ],
      initializers: {
        first: normalTensor('large first', [4, 8], 1000),
        second: normalTensor('large second', [8, 3], 300),
        axes: ints([1]),
      },
      inputs: input(4),
    },
    data: { x: matrix(rows), target },
    options: { loss: 'cross_entropy' },
    expect: { 'numerical-trouble': 'present' },
  };
};

/** log Σ eᶻ of the operator is safe, however large the logits are. */
export const confidentClassifier = (): Trouble => {
  const { x, target } = classes(96, 4, 3, 1, 'confident');
  return {
    says: 'logits of hundreds into LogSoftmax: large, but safe',
    graph: {
      nodes: [node('MatMul', 'x w', 'logits'), node('LogSoftmax', 'logits', 'y', { axis: 1 })],
      initializers: { w: normalTensor('confident w', [4, 3], 100) },
      inputs: input(4),
    },
    data: { x, target },
    options: { loss: 'nll' },
    expect: { 'numerical-trouble': 'absent', 'critical-point': 'absent', minimum: 'absent', saddle: 'absent' },
  };
};

/** L = 10 − mean (x·w)²: its Hessian −2·XᵀX/N is negative definite, and w = 0. */
export const maximumOfOutput = (): Trouble => ({
  says: '10 minus the mean square of a convolution with a kernel of zeros: a strict maximum',
  graph: {
    nodes: [
      node('Conv', 'x kernel', 'h', { pads: [1, 1] }),
      node('Mul', 'h h', 'square'),
      node('ReduceMean', 'square', 'mean', { axes: [1, 2], keepdims: 0 }),
      node('Sub', 'ten mean', 'y'),
    ],
    initializers: { kernel: filled([1, 1, 3], 0), ten: floats([10]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 8] }],
  },
  data: { x: normalTensor('maximum x', [48, 1, 8]) },
  options: { loss: 'output', parameters: ['kernel'] },
  expect: { 'critical-point': 'present', maximum: 'present', saddle: 'absent', minimum: 'absent' },
});

export const largeTanh = (): Trouble => ({
  says: '10 tanh layers at 3 times Glorot for binary labels',
  graph: dense(
    drawn([6, ...zeros(10).map(() => 16), 1], (inputs, outputs) => 3 * glorot(inputs, outputs), 'large tanh'),
    'Tanh',
  ),
  data: (() => {
    const { rows, labels, x } = classes(128, 6, 2, 1, 'large tanh');
    return { x, target: column(labels.slice(0, rows.length)) };
  })(),
  options: BCE,
  expect: {
    'exploding-gradient': 'present',
    'vanishing-gradient': 'absent',
    saturation: 'present',
    initialization: 'present',
  },
});

/** Copies in and out of a layer of SiLU units. */
export const equalUnits = (): Trouble => {
  const [first, second] = drawn([6, 8, 1], glorot, 'equal');
  const { rows, labels, x } = classes(96, 6, 2, 1, 'equal');
  return {
    says: 'a layer of units that all start at the same constant, for binary labels',
    graph: dense(
      [
        { ...first, weight: filled([6, 8], 0.1) },
        { ...second, weight: filled([8, 1], 0.1) },
      ],
      'Sigmoid',
    ),
    data: { x, target: column(labels.slice(0, rows.length)) },
    options: BCE,
    expect: { symmetry: 'present', 'critical-point': 'absent', minimum: 'absent', 'dead-units': 'absent' },
  };
};

/** All weights are zero and the bias answers the frequency of the labels. Only both layers together lower the loss. */
export const binarySaddle = (): Trouble => {
  const { rows, labels, x } = classes(96, 4, 2, 1, 'binary saddle');
  return {
    says: 'a tanh network of zeros whose last bias answers half of the labels: a strict saddle',
    graph: dense(
      [
        { weight: filled([4, 6], 0), bias: zeros(6) },
        { weight: filled([6, 1], 0), bias: [0] },
      ],
      'Tanh',
    ),
    data: { x, target: column(labels.slice(0, rows.length)) },
    options: BCE,
    expect: {
      'critical-point': 'present',
      saddle: 'present',
      minimum: 'absent',
      'flat-region': 'absent',
      maximum: 'absent',
    },
  };
};

/** Softmax underflows to 0 for logits 104 below the largest, and Log turns that into −∞. */
export const logOfSoftmax = (): Trouble => {
  const { x, target } = classes(96, 4, 3, 1, 'log of softmax');
  return {
    says: 'Log behind Softmax, with logits hundreds apart: log 0 = −∞',
    graph: {
      nodes: [node('MatMul', 'x w', 'z'), node('Softmax', 'z', 'p', { axis: 1 }), node('Log', 'p', 'y')],
      initializers: { w: normalTensor('log of softmax w', [4, 3], 200) },
      inputs: input(4),
    },
    data: { x, target },
    options: { loss: 'nll' },
    expect: { 'numerical-trouble': 'present' },
  };
};

/** A weight decay makes the loss of separable labels strictly convex, with a minimum at finite weights. */
export const decayedLogistic = (): Trouble => {
  const { rows, labels, x } = classes(96, 3, 2, 2, 'decayed');
  return {
    says: 'logistic regression of separable classes with weight decay, at its minimum',
    graph: logistic(newton(rows, labels, 0.1)),
    data: { x, target: column(labels) },
    options: { ...BCE, weightDecay: 0.1 },
    expect: { 'critical-point': 'present', minimum: 'present', saddle: 'absent', 'flat-region': 'not-present' },
  };
};
