import { floats, node } from '../unit/sourceGraph';
import type { SampleParts } from './parts';
import { hadamard, normals, rounded } from './parts';

const [STEPS, SAMPLES] = [24, 48];

interface Unit {
  size: number;
  activation: 'Tanh' | 'Relu';
  /** [size][size], row by row. */
  recurrence: readonly number[];
  fromInput: readonly number[];
  toAnswer: readonly number[];
}

/** Sequences [steps, batch, 1] → RNN → the last state → one answer. */
function lastAnswer({ size, activation, recurrence, fromInput, toAnswer }: Unit): SampleParts['graph'] {
  return {
    nodes: [
      node('Transpose', 'x', 'sequence', { perm: [1, 0, 2] }),
      node('RNN', 'sequence W R', '. last', {
        hidden_size: size,
        activations: { kind: 'strings', value: [activation] },
      }),
      node('Squeeze', 'last axis', 'state'),
      node('MatMul', 'state V', 'y'),
    ],
    initializers: {
      W: floats(fromInput, [1, size, 1]),
      R: floats(recurrence, [1, size, size]),
      axis: { dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) },
      V: floats(toAnswer, [size, 1]),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', STEPS, 1] }],
  };
}

/** An orthogonal recurrence times the gain, so that every step multiplies each state by it. */
function remembersSign(gain: number, first: number): SampleParts {
  const size = 4;
  const orthogonal = Array.from({ length: 16 }, (_, at) => (gain * hadamard(Math.floor(at / 4), at % 4)) / 2);
  const signs = normals(SAMPLES, 'signs').map((value) => (value < 0 ? -1 : 1));
  const x = signs.flatMap((sign) => Array.from({ length: STEPS }, (_, t) => (t === 0 ? sign : 0)));
  return {
    graph: lastAnswer({
      size,
      activation: 'Tanh',
      recurrence: orthogonal,
      fromInput: [1, 0.5, -0.5, 0.25].map((value) => first * value),
      toAnswer: [0.5, -0.25, 0.5, 1],
    }),
    data: { x: floats(x, [SAMPLES, STEPS, 1]), target: floats(signs, [SAMPLES, 1]) },
    options: { loss: 'mse' },
  };
}

export const rnnVanishing = (): SampleParts => remembersSign(0.5, 1);
/** The first state is so small that no step saturates: 1.4²³ = 2,300. */
export const rnnExploding = (): SampleParts => remembersSign(1.4, 2 ** -13);

export function cliff(): SampleParts {
  const values = normals(SAMPLES, 'cliff').map((value) => rounded(1 + 0.25 * Math.abs(value)));
  const x = values.flatMap((value) => Array.from({ length: STEPS }, (_, t) => (t === 0 ? value : 0)));
  return {
    graph: lastAnswer({ size: 1, activation: 'Relu', recurrence: [0.8], fromInput: [1], toAnswer: [1] }),
    data: {
      x: floats(x, [SAMPLES, STEPS, 1]),
      target: floats(
        values.map((value) => value / 2),
        [SAMPLES, 1],
      ),
    },
    options: { loss: 'mse' },
  };
}
