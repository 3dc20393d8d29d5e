import { expect, test } from 'vitest';
import { softmaxRegression } from '../../test/unit/closedFormObjective';
import { gaussianVector, random } from '../numerics/random';
import { dot, norm } from '../numerics/vectors';
import type { ParameterTensor } from '../objective/objective';
import {
  cosine,
  eigenvectorDirection,
  gradientDirection,
  orthogonalTo,
  parametersDirection,
  randomDirection,
  toModelDirection,
  vectorFor,
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
  expect(first.remarks).toEqual(['biases and other one-dimensional tensors stay as they are (bias).']);
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

/** The same tensors in another order of the file. */
function reordered(order: readonly number[]): { parameters: ParameterTensor[]; theta: Float32Array } {
  let offset = 0;
  const moved = order.map((i): ParameterTensor => {
    offset += parameters[i].count;
    return { ...parameters[i], offset: offset - parameters[i].count };
  });
  const values = new Float32Array(theta.length);
  for (const [i, tensor] of moved.entries()) {
    const from = parameters[order[i]];
    values.set(theta.subarray(from.offset, from.offset + from.count), tensor.offset);
  }
  return { parameters: moved, theta: values };
}

test('models of one architecture share a random direction, whatever the order of the tensors in their files', () => {
  const all = { ...filterWise, biases: true };
  const own = randomDirection(parameters, theta, all)!;
  const other = reordered([...parameters.keys()].reverse());
  const theirs = randomDirection(other.parameters, other.theta, all)!;
  for (const { name, offset, count } of parameters) {
    const there = other.parameters.find((each) => each.name === name)!;
    expect(theirs.vector.subarray(there.offset, there.offset + count)).toEqual(
      own.vector.subarray(offset, offset + count),
    );
  }
});

test('tensors of other names or shapes get other numbers', () => {
  const flat = (name: string, shape: number[]): ParameterTensor => ({
    name,
    shape,
    count: 12,
    offset: 0,
    filters: null,
  });
  const raw = { seed: 1, stream: 0, normalization: 'none' } as const;
  const draws = [flat('a', [3, 4]), flat('b', [3, 4]), flat('a', [4, 3])].map((tensor) =>
    randomDirection([tensor], new Float32Array(12), raw)!,
  );
  for (const [i, j] of [
    [0, 1],
    [0, 2],
  ])
    expect(Math.abs(cosine(draws[i], draws[j]))).toBeLessThan(0.9);
});

test('random directions are Gaussian, not uniform', () => {
  const tensor: ParameterTensor = { name: 'w', shape: [200, 200], count: 40_000, offset: 0, filters: null };
  const { vector } = randomDirection([tensor], new Float32Array(40_000), {
    seed: 3,
    stream: 0,
    normalization: 'none',
  })!;
  const moment = (k: number) => vector.reduce((sum, x) => sum + x ** k, 0) / vector.length;
  expect(moment(1)).toBeCloseTo(0, 1);
  expect(moment(2)).toBeCloseTo(1, 1);
  // A normal distribution has a fourth moment of 3; a uniform one of unit variance has 1.8 and nothing beyond √3.
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
  expect(Math.max(...vector)).toBeGreaterThan(3);
});

test('biases take part only where they are asked for, scaled to their own norm and never set to the weights', () => {
  const [weight, bias] = [parameters[0], parameters[1]];
  const of = (vector: Float32Array, { offset, count }: ParameterTensor) => vector.slice(offset, offset + count);
  for (const normalization of ['filter', 'layer', 'weight'] as const) {
    const without = randomDirection(parameters, theta, { ...filterWise, normalization })!;
    expect(norm(of(without.vector, bias))).toBe(0);
    const included = randomDirection(parameters, theta, { ...filterWise, normalization, biases: true })!;
    expect(included.name).toBe(`${normalization === 'filter' ? 'random' : `random/${normalization}`}/biases`);
    expect(of(included.vector, weight)).toEqual(of(without.vector, weight));
    const [moved, own] = [of(included.vector, bias), of(theta, bias)];
    if (normalization !== 'weight') expect(norm(moved) / norm(own)).toBeCloseTo(1, 5);
    expect(Math.abs(dot(moved, own)) / (norm(moved) * norm(own))).toBeLessThan(0.99);
  }
  const raw = randomDirection(parameters, theta, { ...filterWise, normalization: 'none', biases: false })!;
  expect(raw.name).toBe('random/none/no-biases');
  expect(norm(of(raw.vector, bias))).toBe(0);
  expect(norm(of(raw.vector, weight))).toBeGreaterThan(0);
});

test('a wide objective has the statistics behind the parameters, where only a line to another model moves them', () => {
  const statistic: ParameterTensor = {
    name: 'mean',
    shape: [2],
    count: 2,
    offset: 35,
    filters: null,
    statistic: true,
  };
  const wide = { dim: 37, parameters: [...parameters, statistic] };
  const other = gaussianVector(35, random(2));
  const to = toModelDirection('b.onnx', theta, other, [{ name: 'mean', values: Float32Array.of(3, -4) }])!;
  const vector = vectorFor(wide, to);
  expect(vector.subarray(0, 35)).toEqual(to.vector);
  expect([...vector.subarray(35)]).toEqual([3, -4]);
  expect(vectorFor(wide, to)).toBe(vector);
  expect(to.norm).toBe(norm(to.vector));
  const drawn = randomDirection(wide.parameters, Float32Array.of(...theta, 1, 1), {
    ...filterWise,
    normalization: 'none',
  })!;
  expect([...drawn.vector.subarray(35)]).toEqual([0, 0]);
});
