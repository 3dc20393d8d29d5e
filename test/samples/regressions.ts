import type { Tensor } from '../../src/graph/tensor';
import { floats, ints } from '../unit/sourceGraph';
import { descent } from './logistic';
import type { SampleParts } from './parts';
import { classes, dense, matrix, normals, orthogonalInputs, rounded, zeros } from './parts';

export function illConditioned(): SampleParts {
  const scales = [32, 4, 1, 0.25, 1 / 32];
  const rows = Array.from({ length: 64 }, (_, i) =>
    normals(5, 'ill-conditioned', i).map((value, k) => value * scales[k]),
  );
  const target = rows.map((row) => [row.reduce((sum, value, k) => sum + value / scales[k], 0)]);
  return {
    graph: dense([{ weight: floats(zeros(5), [5, 1]), bias: [0] }], null),
    data: { x: matrix(rows), target: matrix(target) },
    options: { loss: 'mse' },
  };
}

/** The Hessian is 2·XᵀX/N = 2·diag(1, 1/4, 1/16), so steps are stable up to 2/λ_max = 1. */
export function edgeOfStability(): SampleParts {
  const scales = [1, 0.5, 0.25];
  const rows = orthogonalInputs(3).map((row) => row.map((value, k) => value * scales[k]));
  const target = rows.map((row) => [row[0] + 2 * row[1] - row[2]]);
  return {
    graph: dense([{ weight: floats([1.5, 0, 0], [3, 1]) }], null),
    data: { x: matrix(rows), target: matrix(target) },
    options: { loss: 'mse', learningRate: 0.95 },
  };
}

export function gradientNoise(): SampleParts {
  const rows = Array.from({ length: 48 }, (_, i) => normals(12, 'gradient noise', i));
  return {
    graph: dense([{ weight: floats(zeros(12), [12, 1]) }], null),
    data: { x: matrix(rows), target: floats(normals(48, 'noise targets'), [48, 1]) },
    options: { loss: 'mse' },
  };
}

/** A classifier of two classes from the weights of logistic regression, half of them for each class. */
function classifier(theta: readonly number[]): SampleParts['graph'] {
  const halves = theta.map((value) => rounded(value / 2));
  const weight: Tensor = matrix(halves.slice(0, -1).map((half) => [-half, half]));
  const bias = halves[halves.length - 1];
  return dense([{ weight, bias: [-bias, bias] }], null);
}

export function surrogate(): SampleParts {
  const { rows, labels, x } = classes(128, 4, 2, 3, 'surrogate');
  const theta = descent(rows, labels, { rate: 1, steps: 200 });
  const wrong = labels.map((label, i) => (i % 32 === 5 ? 1 - label : label));
  return { graph: classifier(theta), data: { x, target: ints(wrong) }, options: { loss: 'cross_entropy' } };
}

export function overfitting(): SampleParts {
  const drawn = (samples: number, stream: string) => {
    const rows = Array.from({ length: samples }, (_, i) => normals(40, stream, i));
    const labels = normals(samples, stream, 'labels').map((value) => (value < 0 ? 0 : 1));
    return { rows, labels, data: { x: matrix(rows), target: ints(labels) } };
  };
  const train = drawn(24, 'overfitting');
  return {
    graph: classifier(descent(train.rows, train.labels, { rate: 0.5, steps: 40 })),
    data: train.data,
    test: drawn(120, 'overfitting test').data,
    options: { loss: 'cross_entropy' },
  };
}
