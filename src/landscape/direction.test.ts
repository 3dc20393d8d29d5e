import { expect, test } from 'vitest';
import { softmaxRegression } from '../../test/unit/closedFormObjective';
import { gaussianVector, random } from '../numerics/random';
import { dot, norm } from '../numerics/vectors';
import {
  cosine,
  eigenvectorDirection,
  gradientDirection,
  orthogonalTo,
  parametersDirection,
  randomDirection,
  toModelDirection,
} from './direction';

const theta = gaussianVector(35, random(1, 'theta'));
const { parameters } = softmaxRegression([[1, 2, 3, 4, 5, 6]], [0], 5, [...theta]);
const filterWise = { seed: 1, stream: 0, normalization: 'filter' } as const;

test('the gradient direction has unit length', () => {
  const { vector, norm: length } = gradientDirection(Float32Array.of(3, 0, -4))!;
  [0.6, 0, -0.8].forEach((value, i) => expect(vector[i]).toBeCloseTo(value, 7));
  expect(length).toBeCloseTo(1, 7);
});

test('directions that do not exist are null', () => {
  expect(gradientDirection(new Float32Array(4))).toBeNull();
  expect(parametersDirection(new Float32Array(4))).toBeNull();
  expect(toModelDirection('b.onnx', theta, theta)).toBeNull();
  expect(randomDirection(parameters, new Float32Array(35), filterWise)).toBeNull();
});

test('the direction of the parameters is a copy of θ, and another model lies at α = 1', () => {
  const { vector, norm: length } = parametersDirection(theta)!;
  expect(vector).toEqual(theta);
  expect(vector).not.toBe(theta);
  expect(length).toBe(norm(theta));
  const other = gaussianVector(35, random(2));
  const to = toModelDirection('b.onnx', theta, other)!;
  expect(to.name).toBe('to/b.onnx');
  theta.forEach((value, i) => expect(value + to.vector[i]).toBeCloseTo(other[i], 6));
});

test('an eigenvector and its negative are the same direction', () => {
  const v = gaussianVector(9, random(3));
  const a = eigenvectorDirection('top/1', v);
  const b = eigenvectorDirection(
    'top/1',
    Float32Array.from(v, (x) => -x),
  );
  expect([...a.vector]).toEqual([...b.vector]);
});

test('random directions are reproducible, differ by stream, and name the biases that do not move', () => {
  const first = randomDirection(parameters, theta, filterWise)!;
  expect(randomDirection(parameters, theta, filterWise)!.vector).toEqual(first.vector);
  const second = randomDirection(parameters, theta, { ...filterWise, stream: 1 })!;
  expect(Math.abs(cosine(first, second))).toBeLessThan(0.7);
  expect(first.name).toBe('random');
  expect(first.notes).toEqual(['biases and other one-dimensional tensors stay as they are (bias).']);
  const raw = randomDirection(parameters, theta, { ...filterWise, normalization: 'none' })!;
  expect(raw.name).toBe('random/none');
  expect(raw.vector[33]).not.toBe(0);
});

test('the second axis of a plane is orthogonal to the first after scaling', () => {
  const first = randomDirection(parameters, theta, filterWise)!;
  const second = randomDirection(parameters, theta, { ...filterWise, stream: 1 })!;
  const right = orthogonalTo(first, second)!;
  expect(Math.abs(cosine(first, right))).toBeLessThan(1e-7);
  // What was taken away lies along the first: the rest of `second` is untouched.
  expect(dot(right.vector, second.vector)).toBeCloseTo(right.norm ** 2, 4);
  expect(right.notes.at(-1)).toContain('orthogonal to «random»');
});

test('a second axis parallel to the first becomes null', () => {
  const first = parametersDirection(theta)!;
  expect(orthogonalTo(first, toModelDirection('b', theta, new Float32Array(35))!)).toBeNull();
});
