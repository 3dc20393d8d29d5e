import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { gaussianVector, random } from '../random';
import { axpy, dot } from '../vectors';
import { innerProducts, rotateInPlace, subtractCombination } from './columns';
import { KERNELS_SOURCE } from './kernels.wasm';
import { scriptKernels } from './scriptKernels';
import { ownVector, sharedVectors, workbench } from './vectorMemory';

const gaussians = (count: number, dim: number) =>
  Array.from({ length: count }, (_, i) => gaussianVector(dim, random(7, i)));

/** The same vectors in memory that they share. */
function shared(vectors: readonly Float32Array[]): Float32Array[] {
  const places = sharedVectors(vectors[0]?.length ?? 1, vectors.length);
  expect(places.length).toBe(vectors.length);
  vectors.forEach((vector, i) => places[i].set(vector));
  return places;
}

/** Columns and the other operand, wherever they may lie: each alone, together, apart, in two memories. */
const places: [string, (vectors: Float32Array[]) => Float32Array[]][] = [
  ['each in memory of its own', (vectors) => vectors],
  ['all in one memory', shared],
  ['the columns in one memory, the other elsewhere', ([w, ...columns]) => [w!, ...shared(columns)]],
  ['the columns in two memories', (vectors) => [...shared(vectors.slice(0, 4)), ...shared(vectors.slice(4))]],
  ['some in one memory, some not', (vectors) => vectors.map((v, i) => (i % 3 === 1 ? shared([v])[0] : v))],
];

/** How many columns, and how long: whole pieces and parts of them. */
const sizes = [
  [0, 501],
  [1, 5000],
  [3, 1],
  [4, 502],
  [5, 2048],
  [8, 4099],
  [11, 503],
];

describe.each(places)('%s', (_, place) => {
  const of = (count: number, dim: number) => {
    const [w, ...columns] = place(gaussians(count + 1, dim));
    return { w: w!, columns };
  };

  test.each(sizes)('products of %i columns of %i equal one dot product per column', (count, dim) => {
    const { w, columns } = of(count, dim);
    const before = Float32Array.from(w);
    const result = innerProducts(columns, w);
    expect(result.length).toBe(count);
    columns.forEach((q, j) => expect(result[j]).toBeCloseTo(dot(q, w), 10));
    expect(w).toEqual(before);
  });

  test.each(sizes)('subtracting a combination of %i columns of %i equals one axpy per column', (count, dim) => {
    const { w, columns } = of(count, dim);
    const c = Array.from({ length: count }, (_, j) => Math.cos(j));
    const expected = Float32Array.from(w);
    columns.forEach((q, j) => axpy(-c[j], q, expected));
    subtractCombination(w, columns, c);
    expect(w.every((value, i) => Math.abs(value - expected[i]) < 2e-6)).toBe(true);
    // What lies behind the end of a vector takes no part in the next product either.
    columns.forEach((q, j) => expect(innerProducts(columns, q)[j]).toBeCloseTo(dot(q, q), 9));
  });

  test.each([1, 2047, 2048, 5001])('rotating %i rows in place equals the product with the small matrix', (dim) => {
    const { columns } = of(6, dim);
    const original = columns.map((q) => Float32Array.from(q));
    const s = [
      [1, 2, 3, 4, 5, 6],
      [0, 0, 0, 0, 0, 1],
    ];
    const left = rotateInPlace(columns, s);
    expect([columns.length, left.length]).toEqual([2, 4]);
    for (const i of [0, dim >> 1, dim - 1]) {
      const sum = original.reduce((total, q, j) => total + (j + 1) * q[i], 0);
      expect(columns[0][i]).toBeCloseTo(sum, 5);
      expect(columns[1][i]).toBe(original[5][i]);
    }
  });
});

test('rotating in place cannot give more vectors than it has', () => {
  expect(() => rotateInPlace(gaussians(1, 3), [[1], [1]])).toThrow('Cannot make 2 vectors of 1');
});

test('NaN and ∞ are not lost', () => {
  const [q, w] = shared([Float32Array.of(1, 2, 3, 4, 5), Float32Array.of(1, 2, NaN, 4, 5)]);
  expect(innerProducts([q!], w!)).toEqual(Float64Array.of(NaN));
  subtractCombination(w!, [q!], [Infinity]);
  expect(Array.from(w!)).toEqual([-Infinity, -Infinity, NaN, -Infinity, -Infinity]);
});

test('a vector copied out of shared memory keeps no others alive', () => {
  const [vector] = shared(gaussians(3, 100));
  const own = ownVector(vector!);
  expect(own).toEqual(vector);
  expect(own.buffer.byteLength).toBe(400);
  expect(ownVector(own)).toBe(own);
});

test('vectors of millions of numbers do not share memory', () => {
  expect(sharedVectors(5e6, 2)).toEqual([]);
});

describe('the kernels', () => {
  it('are compiled from the source beside them', () => {
    const source = readFileSync('src/numerics/columns/kernels.as', 'utf8');
    expect(KERNELS_SOURCE).toBe(createHash('sha256').update(source).digest('hex'));
  });

  it('give the same numbers without vector instructions', () => {
    const { kernels, vectors, visitor, sums, total } = workbench();
    const script = scriptKernels(visitor.buffer as ArrayBuffer);
    const at = vectors.map((vector) => vector.byteOffset) as [number, number, number, number];
    const run = (of: typeof kernels) => {
      [visitor, ...vectors].forEach((vector, i) => vector.set(gaussianVector(vector.length, random(3, i))));
      sums.fill(0.5);
      total.fill(0.25);
      of.innerProducts(...at, visitor.byteOffset, 4 * visitor.length, sums.byteOffset);
      of.accumulate(total.byteOffset, ...at, 4 * visitor.length, 1, 0.5, -2, 3);
      of.subtract(visitor.byteOffset, ...at, 4 * visitor.length, 1, 0.5, -2, 3);
      return [Array.from(sums), Array.from(total), Array.from(visitor)];
    };
    const [fast, slow] = [run(kernels), run(script)];
    fast.forEach((numbers, i) => numbers.forEach((value, j) => expect(value).toBeCloseTo(slow[i][j], 11)));
  });
});
