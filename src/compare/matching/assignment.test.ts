import { describe, expect, it } from 'vitest';
import { random } from '../../numerics/random';
import { bestAssignment } from './assignment';

/** All permutations of 0 … n − 1. */
function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

const matrix = (n: number, entry: (i: number, j: number) => number) =>
  Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => entry(i, j)));
const sum = (values: readonly ArrayLike<number>[], to: ArrayLike<number>) =>
  values.reduce((total, row, i) => total + row[to[i]], 0);

describe('the best assignment', () => {
  it.each([1, 2, 3, 5, 6])('of %i units has the largest sum of all permutations', (n) => {
    for (let trial = 0; trial < 20; trial++) {
      const source = random(trial, 'assignment', n);
      // Whole numbers have many ties.
      const values = matrix(n, () => (trial % 2 === 0 ? source.normal() : Math.round(2 * source.normal())));
      const found = bestAssignment(values);
      expect([...found].sort()).toEqual([...Array(n).keys()]);
      expect(sum(values, found)).toBeCloseTo(Math.max(...permutations(n).map((to) => sum(values, to))), 12);
    }
  });

  it('keeps to the kinds of both sides', () => {
    const source = random(1, 'assignment');
    const values = matrix(6, () => source.normal());
    const kinds = { rows: [0, 0, 1, 1, 1, 2], columns: [1, 0, 1, 2, 1, 0] };
    const fits = (to: readonly number[]) => to.every((j, i) => kinds.columns[j] === kinds.rows[i]);
    const best = Math.max(
      ...permutations(6)
        .filter(fits)
        .map((to) => sum(values, to)),
    );
    const found = bestAssignment(values, kinds);
    expect(fits([...found])).toBe(true);
    expect(sum(values, found)).toBeCloseTo(best, 12);
  });

  it('solves units without information, and units with exact partners', () => {
    const equal = matrix(400, () => 0);
    expect(new Set(bestAssignment(equal)).size).toBe(400);
    const vectors = matrix(80, (i, j) => Math.sin(1 + i * 80 + j * j));
    const products = matrix(80, (i, j) => vectors[i].reduce((total, x, k) => total + x * vectors[79 - j][k], 0));
    expect([...bestAssignment(products)]).toEqual(Array.from({ length: 80 }, (_, i) => 79 - i));
  });

  it('refuses kinds without partners', () => {
    expect(() =>
      bestAssignment(
        matrix(2, () => 0),
        { rows: [0, 0], columns: [0, 1] },
      ),
    ).toThrow(/partners/);
  });
});
