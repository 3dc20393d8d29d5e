import { floats, ints, node } from '../unit/sourceGraph';
import { newton } from './logistic';
import type { SampleParts } from './parts';
import { classes, dense, hadamard, input, matrix, normals, orthogonalInputs, times, zeros } from './parts';

/** Pictures of a critical point: the sharpest and the flattest direction show its kind, random ones rarely do. */
const ALONG_EIGENVECTORS = { line: ['top/1', 'bottom/1'], plane: ['top/1,bottom/1'] };

/** An orthogonal matrix of halves, in float32 exactly. */
const basis = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => hadamard(i, j) / 2));
const patterns = [4, 2, 1, 0.5];
/** The map to learn, B·diag(patterns)·Bᵀ. */
const map = times(
  basis.map((row) => row.map((value, j) => value * patterns[j])),
  basis,
);

function learnsMap() {
  const rows = orthogonalInputs(4);
  return { x: matrix(rows), target: matrix(times(rows, map)) };
}

/** The strongest pattern is learned exactly, 4 = 2·2. The second hidden unit is zero on both sides. */
export function saddle(): SampleParts {
  const first = basis.map((row) => [2 * row[0], 0]);
  const second = [basis.map((row) => 2 * row[0]), zeros(4)];
  return {
    graph: dense([{ weight: matrix(first) }, { weight: matrix(second) }], null),
    data: learnsMap(),
    options: { loss: 'mse', ...ALONG_EIGENVECTORS },
  };
}

export function degenerateSaddle(): SampleParts {
  const layer = (inputs: number, outputs: number) => ({ weight: floats(zeros(inputs * outputs), [inputs, outputs]) });
  return { graph: dense([layer(4, 3), layer(3, 3), layer(3, 4)], null), data: learnsMap(), options: { loss: 'mse' } };
}

/** x ↦ x·w·wᵀ. The loss is ‖x − x·w·wᵀ‖², whose Hessian at w = 0 is −4 times the covariance of x, over the outputs. */
export function maximum(): SampleParts {
  const scales = [2, 1.5, 1, 0.75];
  const values = normals(64 * 4, 'maximum').map((value, i) => value * scales[i % 4]);
  const x = floats(values, [64, 4]);
  return {
    graph: {
      nodes: [
        node('MatMul', 'x w', 'code'),
        node('Transpose', 'w', 'decoder', { perm: [1, 0] }),
        node('MatMul', 'code decoder', 'y'),
      ],
      initializers: { w: floats(zeros(4), [4, 1]) },
      inputs: input(4),
    },
    data: { x, target: x },
    options: { loss: 'mse', ...ALONG_EIGENVECTORS },
  };
}

/** The gradient of logistic regression vanishes at one point only, and there the Hessian is positive. */
export function strictMinimum(): SampleParts {
  const { rows, labels, x } = classes(120, 3, 2, 0.6, 'strict minimum');
  const theta = newton(rows, labels);
  const target = floats(labels, [labels.length, 1]);
  return {
    graph: dense([{ weight: floats(theta.slice(0, 3), [3, 1]), bias: theta.slice(3) }], null),
    data: { x, target },
    options: { loss: 'bce_with_logits', ...ALONG_EIGENVECTORS },
  };
}

/** A minimum of a linear network: targets are the network's own answers plus noise that no input explains. */
function valley(scale: number): SampleParts {
  const rows = orthogonalInputs(4);
  const first = [1, -1, 0.5, 0.25];
  const second = 1;
  const target = rows.map((row, i) => [
    row.reduce((sum, value, k) => sum + value * first[k], 0) * second + 0.5 * hadamard(i, 9),
  ]);
  const weights = [
    {
      weight: floats(
        first.map((value) => value / scale),
        [4, 1],
      ),
    },
    { weight: floats([second * scale], [1, 1]) },
  ];
  return {
    graph: dense(weights, null),
    data: { x: matrix(rows), target: matrix(target) },
    options: { loss: 'mse', ...ALONG_EIGENVECTORS },
  };
}

export const flatMinimum = (): SampleParts => valley(1);
export const sharpMinimum = (): SampleParts => valley(8);

/** A bump exp(−(x − c)²) at the smaller of two hills of the data. Only its centre c is trained. */
export function localGlobal(): SampleParts {
  const xs = Array.from({ length: 81 }, (_, i) => (i - 40) / 8);
  const hill = (x: number, centre: number) => Math.exp(-((x - centre) ** 2));
  const target = xs.map((x) => Math.round(1024 * (0.5 * hill(x, -2) + hill(x, 2))) / 1024);
  return {
    graph: {
      nodes: [
        node('Sub', 'x centre', 'offset'),
        node('Mul', 'offset offset', 'square'),
        node('Neg', 'square', 'exponent'),
        node('Exp', 'exponent', 'y'),
      ],
      initializers: { centre: floats([-1.75]) },
      inputs: input(1),
    },
    data: { x: floats(xs, [81, 1]), target: floats(target, [81, 1]) },
    options: { loss: 'mse', parameters: ['centre'] },
  };
}

/** z ↦ eᶻ/Σeᶻ as two nodes too many: float32 holds eᶻ up to z = 88.7. */
export function numericalTrouble(): SampleParts {
  const { rows, labels } = classes(90, 4, 3, 1, 'numerical trouble');
  const weight = normals(12, 'numerical trouble').map((value) => 60 * value);
  return {
    graph: {
      nodes: [
        node('MatMul', 'x weight', 'logits'),
        node('Exp', 'logits', 'exponentials'),
        node('ReduceSum', 'exponentials axes', 'sum', { keepdims: 1 }),
        node('Div', 'exponentials sum', 'y'),
      ],
      initializers: { weight: floats(weight, [4, 3]), axes: ints([1]) },
      inputs: input(4),
    },
    data: { x: matrix(rows.map((row) => row.map((value) => 4 * value))), target: ints(labels) },
    options: { loss: 'cross_entropy' },
  };
}
