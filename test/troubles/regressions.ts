import { dense, drawn, glorot, hadamard, matrix, normals, orthogonalInputs, zeros } from '../samples/parts';
import { filled, floats, node } from '../unit/sourceGraph';
import { descended, leastSquares } from './leastSquares';
import type { Trouble } from './trouble';
import { mapped } from './trouble';

const MSE = { loss: 'mse' } as const;
const column = (values: readonly number[]) => floats(values, [values.length, 1]);
const MINIMUM = {
  'critical-point': 'present',
  minimum: 'present',
  saddle: 'absent',
  'flat-region': 'not-present',
  'local-global': 'not-present',
} as const;

/** Normal rows, and answers of a linear map with noise of deviation 0.5. */
function noisy(samples: number, features: number, stream: string) {
  const rows = Array.from({ length: samples }, (_, i) => normals(features, stream, i));
  const map = normals(features, stream, 'map');
  const noise = normals(samples, stream, 'noise');
  const targets = rows.map((row, i) => row.reduce((sum, value, k) => sum + value * map[k], 0.5 * noise[i]));
  return { rows, targets, data: { x: matrix(rows), target: column(targets) } };
}

export const regressionMinimum = (): Trouble => {
  const { rows, targets, data } = noisy(64, 5, 'minimum');
  return {
    says: 'linear regression at its least squares',
    graph: dense([{ weight: column(leastSquares(rows, targets)) }], null),
    data,
    options: MSE,
    expect: { ...MINIMUM, 'ill-conditioning': 'absent', 'vanishing-gradient': 'not-present' },
  };
};

export const ridgeMinimum = (): Trouble => {
  const { rows, targets, data } = noisy(64, 5, 'ridge');
  return {
    says: 'ridge regression at its minimum, with the same weight decay',
    graph: dense([{ weight: column(leastSquares(rows, targets, { decay: 0.5 })) }], null),
    data,
    options: { ...MSE, weightDecay: 0.5 },
    expect: MINIMUM,
  };
};

export const weightedMinimum = (): Trouble => {
  const { rows, targets, data } = noisy(64, 5, 'weighted');
  const weights = targets.map((_, i) => 0.25 + (i % 4));
  return {
    says: 'weighted least squares at its minimum, with the weights of the samples',
    graph: dense([{ weight: column(leastSquares(rows, targets, { weights })) }], null),
    data: { ...data, weights: floats(weights) },
    options: { ...MSE, sampleWeights: 'weights' },
    expect: MINIMUM,
  };
};

/** Two hundredfold mean: without the weights these would be no critical point. */
export const unweighted = (): Trouble => {
  const weighted = weightedMinimum();
  return {
    ...weighted,
    says: 'the same weights of the model without the weights of the samples: the minimum is elsewhere',
    data: { x: weighted.data.x, target: mapped(weighted.data.target, (value, i) => value + (i % 4 === 3 ? 2 : -1)) },
    options: MSE,
    expect: { 'critical-point': 'absent', minimum: 'absent', saddle: 'absent' },
  };
};

/** Every residual is below 1, so Huber's loss is half of the squared error here, up to the outermost edge. */
export const huberMinimum = (): Trouble => {
  const { rows, targets } = noisy(64, 4, 'huber');
  const theta = leastSquares(rows, targets);
  const answers = rows.map((row) => row.reduce((sum, value, k) => sum + value * theta[k], 0));
  const shrunk = targets.map((value, i) => answers[i] + (value - answers[i]) / 4);
  return {
    says: "linear regression with Huber's loss at its least squares, all residuals inside the parabola",
    graph: dense([{ weight: column(theta) }], null),
    data: { x: matrix(rows), target: column(shrunk) },
    options: { loss: 'huber' },
    expect: MINIMUM,
  };
};

export const frozenMinimum = (): Trouble => {
  const layers = drawn([4, 6], glorot, 'frozen');
  const first = layers[0].weight;
  const { rows, targets, data } = noisy(96, 4, 'frozen');
  const hidden = rows.map((row) =>
    Array.from({ length: 6 }, (_, j) =>
      Math.tanh(row.reduce((sum, value, k) => sum + value * Number(first.data[6 * k + j]), 0)),
    ),
  );
  return {
    says: 'a head at its least squares on a frozen tanh layer',
    graph: dense([{ weight: first }, { weight: column(leastSquares(hidden, targets)) }], 'Tanh'),
    data,
    options: { ...MSE, parameters: ['layer2.*'] },
    expect: MINIMUM,
  };
};

/** The same model with every weight free: the first layer has a gradient. */
export const thawed = (): Trouble => ({
  ...frozenMinimum(),
  says: 'the same with both layers trained: the first one still learns',
  options: MSE,
  // ‖g‖ is below its standard error, so whether the loss falls on other data is open.
  expect: { 'critical-point': 'not-present', minimum: 'absent', saddle: 'not-present' },
});

/** Neighbouring features are nearly equal: the covariance has eigenvalues from 7.9 to below 1e-4. */
export const correlatedFeatures = (): Trouble => {
  const rows = Array.from({ length: 96 }, (_, i) => {
    const common = normals(1, 'correlated', i)[0];
    return normals(8, 'correlated', i, 'own').map((value) => common + value / 128);
  });
  const targets = rows.map((row, i) => row[0] - row[3] + 0.1 * normals(1, 'correlated', i, 'noise')[0]);
  return {
    says: 'features that are nearly equal: κ about 8·128² = 1.3e5',
    graph: dense([{ weight: column(zeros(8)) }], null),
    data: { x: matrix(rows), target: column(targets) },
    options: MSE,
    expect: { 'ill-conditioning': 'present', saddle: 'not-present', minimum: 'absent' },
  };
};

/** 1-D convolution over a smooth signal: the taps read nearly the same. */
export const smoothSignal = (): Trouble => {
  const [samples, length, taps] = [48, 32, 5];
  const values = Array.from({ length: samples }, (_, i) => {
    const [phase, speed] = normals(2, 'smooth', i);
    return Array.from({ length }, (_, t) => Math.sin(0.1 * (1 + 0.2 * speed) * t + 3 * phase));
  });
  const targets = values.flatMap((row) => Array.from({ length: length - taps + 1 }, (_, t) => 2 * row[t] - row[t + 2]));
  return {
    says: 'a convolution of 5 taps over slow sines: the taps read nearly the same, κ above 1e3',
    graph: {
      nodes: [node('Conv', 'x kernel', 'y')],
      initializers: { kernel: filled([1, 1, taps], 0) },
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, length] }],
    },
    data: { x: floats(values.flat(), [samples, 1, length]), target: floats(targets, [samples, 1, length - taps + 1]) },
    options: MSE,
    expect: { 'ill-conditioning': 'present', saddle: 'absent', minimum: 'not-present', cliff: 'absent' },
  };
};

/** L = mean‖x·(A − W₁W₂)‖²: at 0 the Hessian pairs W₁ and W₂ by −2·A, with eigenvalues ± its singular values. */
export const linearOrigin = (): Trouble => {
  const rows = orthogonalInputs(4);
  const targets = rows.map((row) => [2 * row[0], row[1], row[2] / 2]);
  return {
    says: 'two linear layers at zero: a strict saddle',
    graph: dense([{ weight: filled([4, 4], 0) }, { weight: filled([4, 3], 0) }], null),
    data: { x: matrix(rows), target: matrix(targets) },
    options: MSE,
    expect: {
      'critical-point': 'present',
      saddle: 'present',
      minimum: 'absent',
      'flat-region': 'absent',
      maximum: 'absent',
    },
  };
};

/** One hidden unit of each sign is missing: W₁W₂ fits the second direction, the first one, stronger, is zero. */
export const linearSaddle = (): Trouble => {
  const rows = orthogonalInputs(3);
  const targets = rows.map((row) => [3 * row[0], row[1]]);
  const noise = rows.map((_, i) => 0.25 * hadamard(i, 9));
  return {
    says: 'a linear network that has learnt the weaker of two directions and cannot see the stronger',
    graph: dense([{ weight: floats([0, 1, 0], [3, 1]) }, { weight: floats([0, 1], [1, 2]) }], null),
    data: { x: matrix(rows), target: matrix(targets.map(([a, b], i) => [a + noise[i], b])) },
    options: MSE,
    expect: { 'critical-point': 'present', saddle: 'present', minimum: 'absent', 'flat-region': 'absent' },
  };
};

export const sigmoidRegression = (): Trouble => {
  const { data } = noisy(96, 6, 'sigmoid regression');
  return {
    says: 'regression behind 10 sigmoid layers',
    graph: dense(drawn([6, ...zeros(10).map(() => 10), 1], glorot, 'sigmoid regression'), 'Sigmoid'),
    data,
    options: MSE,
    expect: { 'vanishing-gradient': 'present', 'exploding-gradient': 'absent', 'flat-region': 'not-absent' },
  };
};

/** 24 samples for 20 weights: late steps of gradient descent fit noise, which costs on other data. */
export const overfittedRegression = (): Trouble => {
  const drawn = (samples: number, stream: string) => {
    const rows = Array.from({ length: samples }, (_, i) => normals(20, stream, i));
    const targets = normals(samples, stream, 'noise').map((value, i) => 0.3 * rows[i][0] + value);
    return { rows, targets, data: { x: matrix(rows), target: column(targets) } };
  };
  const train = drawn(24, 'overfitted');
  return {
    says: 'linear regression of 20 weights on 24 noisy samples, descended late: more steps fit the noise',
    graph: dense([{ weight: column(descended(train.rows, train.targets, { rate: 0.1, steps: 400 })) }], null),
    data: train.data,
    test: drawn(1500, 'overfitted test').data,
    options: MSE,
    expect: { overfitting: 'present', minimum: 'not-present' },
  };
};

export const generalizingRegression = (): Trouble => {
  const all = noisy(800, 4, 'generalizing');
  const half = (from: number) => ({
    x: matrix(all.rows.slice(from, from + 400)),
    target: column(all.targets.slice(from, from + 400)),
  });
  return {
    says: 'linear regression of 4 weights on 400 samples at half of the map',
    graph: dense([{ weight: column(leastSquares(all.rows, all.targets).map((value) => value / 2)) }], null),
    data: half(0),
    test: half(400),
    options: MSE,
    expect: { overfitting: 'absent', 'gradient-noise': 'absent', 'critical-point': 'absent', 'local-global': 'absent' },
  };
};

/** H = 2·XᵀX/N = 2·diag(1, ¼, 1/16): stable up to a rate of 1. */
function rated(learningRate: number, momentum?: number): Pick<Trouble, 'graph' | 'data' | 'options'> {
  const rows = orthogonalInputs(3).map((row) => row.map((value, k) => value / 2 ** k));
  return {
    graph: dense([{ weight: column([1.5, 0, 0]) }], null),
    data: { x: matrix(rows), target: column(rows.map((row) => row[0] + 2 * row[1] - row[2])) },
    options: { ...MSE, learningRate, ...(momentum === undefined ? {} : { momentum }) },
  };
}

export const stableWithMomentum = (): Trouble => ({
  says: 'rate 0.95 with momentum 0.9, where λ_max·η = 1.9 is half of 2·(1 + 0.9)',
  ...rated(0.95, 0.9),
  expect: { 'edge-of-stability': 'absent' },
});

export const unstable = (): Trouble => ({
  says: 'rate 1.2, where λ_max·η = 2.4',
  ...rated(1.2),
  expect: { 'edge-of-stability': 'present' },
});
