import { describe, expect, it } from 'vitest';
import { gaussianVector, random } from '../numerics/random';
import type { ParameterTensor, UnitSet } from '../objective/objective';
import { findDuplicates, logPermutations } from './duplicates';

/** θ of a network with hidden units: W [units, 3], b [units], V [2, units]. */
const UNITS = 6;
const parameters: ParameterTensor[] = [
  { name: 'W', shape: [UNITS, 3], offset: 0, count: 3 * UNITS, filters: null },
  { name: 'b', shape: [UNITS], offset: 3 * UNITS, count: UNITS, filters: null },
  { name: 'V', shape: [2, UNITS], offset: 4 * UNITS, count: 2 * UNITS, filters: null },
];
const set: UnitSet = {
  units: UNITS,
  slices: [
    { parameter: 'W', outer: 1, inner: 3 },
    { parameter: 'b', outer: 1, inner: 1 },
    { parameter: 'V', outer: 2, inner: 1 },
  ],
  kinds: null,
};
const vector = (name: string) => gaussianVector(6 * UNITS, random(1, name));

/** Gives unit `to` all weights of unit `from`. */
function copy(theta: Float32Array, from: number, to: number): void {
  theta.copyWithin(3 * to, 3 * from, 3 * from + 3);
  theta[3 * UNITS + to] = theta[3 * UNITS + from];
  for (const row of [0, 1]) theta[(4 + row) * UNITS + to] = theta[(4 + row) * UNITS + from];
}

const find = (theta: Float32Array, gradient: Float32Array | null = null, of = set) =>
  findDuplicates(of, { parameters, theta, gradient });

describe('copies among units', () => {
  it('have equal incoming and outgoing weights', () => {
    const theta = vector('weights');
    expect(find(theta)).toMatchObject({ units: 6, duplicated: 0, groups: 0 });
    copy(theta, 0, 3);
    copy(theta, 0, 5);
    copy(theta, 1, 2);
    expect(find(theta)).toMatchObject({
      duplicated: 5,
      groups: 2,
      copies: [
        [0, 3, 5],
        [1, 2],
      ],
    });
  });

  it('are none where an outgoing weight or a bias differs', () => {
    for (const place of [3 * UNITS + 3, 5 * UNITS + 3]) {
      const theta = vector('weights');
      copy(theta, 0, 3);
      theta[place] += 0.001;
      expect(find(theta).duplicated).toBe(0);
    }
  });

  it('may differ by rounding', () => {
    const theta = vector('weights');
    copy(theta, 0, 3);
    theta[9] *= 1 + 2 ** -23;
    expect(find(theta).duplicated).toBe(2);
  });

  it('are none by zero outgoing weights alone, as those of a new head', () => {
    expect(find(vector('weights').fill(0, 4 * UNITS)).duplicated).toBe(0);
  });

  it('are none among removed units, but all units where every weight is zero', () => {
    const theta = vector('weights');
    const zero = new Float32Array(theta.length);
    for (const unit of [1, 4]) {
      copy(zero, 0, unit);
      theta.fill(0, 3 * unit, 3 * unit + 3);
      for (const row of [3, 4, 5]) theta[row * UNITS + unit] = 0;
    }
    expect(find(theta)).toMatchObject({ duplicated: 0, removed: 2 });
    expect(find(zero)).toMatchObject({ duplicated: 6, groups: 1, removed: 0 });
  });

  it('are none across kinds', () => {
    const theta = vector('weights');
    copy(theta, 0, 3);
    expect(find(theta, null, { ...set, kinds: [0, 0, 0, 1, 1, 1] }).duplicated).toBe(0);
  });

  it('tell how far their gradients are apart', () => {
    const [theta, gradient] = [vector('weights'), vector('gradient')];
    copy(theta, 0, 3);
    expect(find(theta, gradient).gradientDifference).toBeGreaterThan(0.1);
    copy(gradient, 0, 3);
    expect(find(theta, gradient).gradientDifference).toBe(0);
  });
});

it('exchanges rows and columns of recurrent weights at once', () => {
  const recurrent: ParameterTensor = { name: 'R', shape: [3, 3], offset: 0, count: 9, filters: null };
  const slices = [
    { parameter: 'R', outer: 1, inner: 3 },
    { parameter: 'R', outer: 3, inner: 1 },
  ];
  const of = (values: readonly number[]) =>
    findDuplicates(
      { units: 3, slices, kinds: null },
      { parameters: [recurrent], theta: Float32Array.from(values), gradient: null },
    );
  // Units 0 and 1 act on themselves and on one another alike, though their rows differ.
  expect(of([1, 2, 5, 2, 1, 5, 7, 7, 3])).toMatchObject({ duplicated: 2, groups: 1 });
  expect(of([1, 2, 5, 1, 2, 5, 7, 7, 3]).duplicated).toBe(0);
});

it('counts the permutations of units of one kind', () => {
  expect(logPermutations([set, { ...set, kinds: [0, 0, 0, 0, 1, 1] }])).toBeCloseTo(Math.log(720 * 24 * 2), 12);
});
