import { expect, test } from 'vitest';
import { gaussianVector, random } from '../numerics/random';
import type { ParameterTensor } from '../objective/objective';
import { normalizeDirection } from './filterNormalize';

function tensor(name: string, shape: number[], offset: number, filters: ParameterTensor['filters']): ParameterTensor {
  return { name, shape, offset, count: shape.reduce((a, b) => a * b, 1), filters };
}

/** A convolution by output channel (axis 0), a MatMul weight by column (last axis), a transposed convolution by axis 1, a bias. */
const parameters = [
  tensor('conv', [3, 2, 2], 0, { outer: 1, filters: 3, inner: 4 }),
  tensor('matmul', [4, 5], 12, { outer: 4, filters: 5, inner: 1 }),
  tensor('transposed', [2, 3, 2], 32, { outer: 2, filters: 3, inner: 2 }),
  tensor('bias', [6], 44, null),
];
const theta = Float32Array.from(gaussianVector(50, random(1, 'theta')), (value, i) => value * (1 + i));
const direction = gaussianVector(50, random(1, 'direction'));

/** Norm of each filter, collected by the axis itself rather than by the strides under test. */
function filterNorms(vector: Float32Array, { offset, shape }: ParameterTensor, axis: number): number[] {
  const squares = new Array<number>(shape[axis]).fill(0);
  const count = shape.reduce((a, b) => a * b, 1);
  for (let flat = 0; flat < count; flat++) {
    let rest = flat;
    const index = shape.map(() => 0);
    for (let a = shape.length - 1; a >= 0; a--) {
      index[a] = rest % shape[a];
      rest = Math.floor(rest / shape[a]);
    }
    squares[index[axis]] += vector[offset + flat] ** 2;
  }
  return squares.map(Math.sqrt);
}

test.each([
  ['conv', 0],
  ['matmul', 1],
  ['transposed', 1],
])('every filter of «%s» (axis %i) takes the norm of its weights', (name, axis) => {
  const { vector } = normalizeDirection(direction, theta, parameters, 'filter');
  const found = parameters.find((p) => p.name === name)!;
  const wanted = filterNorms(theta, found, axis);
  filterNorms(vector, found, axis).forEach((value, f) => expect(value / wanted[f]).toBeCloseTo(1, 5));
});

test('within a filter the direction keeps its shape', () => {
  const { vector } = normalizeDirection(direction, theta, parameters, 'filter');
  const ratio = vector[0] / direction[0];
  for (let i = 1; i < 4; i++) expect(vector[i] / direction[i]).toBeCloseTo(ratio, 5);
});

test('one-dimensional tensors do not move and are named', () => {
  for (const normalization of ['filter', 'layer'] as const) {
    const { vector, heldStill } = normalizeDirection(direction, theta, parameters, normalization);
    expect([...vector.subarray(44)]).toEqual(new Array(6).fill(0));
    expect(heldStill).toEqual(['bias']);
  }
});

test('zero filters stay zero and are counted, and a zero tensor does not move', () => {
  const sparse = Float32Array.from(theta);
  sparse.fill(0, 4, 8);
  sparse.fill(0, 32, 44);
  const { vector, zeroFilters, heldStill } = normalizeDirection(direction, sparse, parameters, 'filter');
  expect([...vector.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
  expect(zeroFilters).toBe(1);
  expect(heldStill).toEqual(['transposed', 'bias']);
  expect(vector.every(Number.isFinite)).toBe(true);
});

test('normalization by layer gives each tensor the norm of its weights', () => {
  const { vector } = normalizeDirection(direction, theta, parameters, 'layer');
  for (const { offset, count } of parameters.slice(0, 3)) {
    const length = (x: Float32Array) => Math.hypot(...x.subarray(offset, offset + count));
    expect(length(vector) / length(theta)).toBeCloseTo(1, 5);
  }
});

test('without normalization the direction is an unchanged copy', () => {
  const { vector } = normalizeDirection(direction, theta, parameters, 'none');
  expect(vector).toEqual(direction);
  expect(vector).not.toBe(direction);
});

test('rescaling two layers inversely rescales the direction with them', () => {
  const rescaled = Float32Array.from(theta, (value, i) => (i < 12 ? value * 10 : value));
  const before = normalizeDirection(direction, theta, parameters, 'filter').vector;
  const after = normalizeDirection(direction, rescaled, parameters, 'filter').vector;
  for (let i = 0; i < 12; i++) expect(after[i] / before[i]).toBeCloseTo(10, 4);
});

test('normalization by weight moves each weight in proportion to itself', () => {
  const sparse = Float32Array.from(theta);
  sparse[3] = 0;
  const { vector } = normalizeDirection(direction, sparse, parameters, 'weight');
  const doubled = normalizeDirection(
    direction,
    sparse.map((value) => -2 * value),
    parameters,
    'weight',
  ).vector;
  expect(vector[3]).toBeCloseTo(0, 20);
  for (let i = 0; i < 44; i++) {
    if (i !== 3) expect(Math.sign(vector[i])).toBe(Math.sign(direction[i]));
    expect(doubled[i]).toBeCloseTo(2 * vector[i], 4);
  }
  // With a direction of ones, what moves is the size of the weights.
  const ones = normalizeDirection(new Float32Array(50).fill(1), sparse, parameters, 'weight').vector;
  expect(Math.hypot(...ones.subarray(0, 12))).toBeCloseTo(Math.hypot(...sparse.subarray(0, 12)), 4);
});
