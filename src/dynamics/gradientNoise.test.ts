import { expect, it } from 'vitest';
import { linearRegression } from '../../test/unit/closedFormObjective';
import { dot, norm } from '../numerics/vectors';
import { gradientNoise } from './gradientNoise';

const X = [
  [1, 2],
  [-1, 0.5],
  [0.25, -3],
  [2, 1],
];
const Y = [1, 0, 2, -1];
const THETA = [0.5, -0.25];

// gᵢ = 2·(xᵢᵀθ − yᵢ)·xᵢ, written out.
const gradients = X.map((x, i) => {
  const residual = x[0]! * THETA[0]! + x[1]! * THETA[1]! - Y[i]!;
  return x.map((value) => 2 * residual * value);
});
const mean = [0, 1].map((k) => gradients.reduce((sum, g) => sum + g[k]!, 0) / 4);
const trace = [0, 1].reduce(
  (sum, k) => sum + gradients.reduce((inner, g) => inner + (g[k]! - mean[k]!) ** 2, 0) / 3,
  0,
);

it('is the unbiased trace of the covariance of the samples’ gradients', async () => {
  const objective = linearRegression(X, Y, THETA);
  const gradient = await objective.gradient();
  const squares = (await objective.deviations(gradient, 10))!;
  const noise = gradientNoise(squares, { samples: 4, gradientNorm: norm(gradient) })!;
  expect(noise.traceOfCovariance.value).toBeCloseTo(trace, 5);
  expect(noise.traceOfCovariance.error).toBe(0);
  expect(noise.scale.value).toBeCloseTo(trace / dot(gradient, gradient), 5);
  expect(noise.gradientStandardError).toBeCloseTo(Math.sqrt(trace / 4), 5);
});

it('has an error where only some samples were used', () => {
  const some = gradientNoise(Float64Array.of(1, 2, 3), { samples: 100, gradientNorm: 1 })!;
  expect(some.samplesUsed).toBe(3);
  expect(some.traceOfCovariance.value).toBeCloseTo((2 * 100) / 99, 12);
  expect(some.traceOfCovariance.error).toBeCloseTo((100 / 99) * Math.sqrt((0.97 * 1) / 3), 12);
});

it('leaves out the unbiased scale where chance explains all of the gradient', () => {
  expect(gradientNoise(Float64Array.of(4, 4), { samples: 2, gradientNorm: 1 })).not.toHaveProperty('unbiasedScale');
  expect(gradientNoise(Float64Array.of(1, 1), { samples: 2, gradientNorm: 2 })!.unbiasedScale).toBeCloseTo(2 / 3, 12);
});

it('is not known of one sample', () => {
  expect(gradientNoise(Float64Array.of(0), { samples: 1, gradientNorm: 1 })).toBeNull();
});
