import { expect, it } from 'vitest';
import type { ParameterTensor, UnitScaling, WeightRole } from '../objective/objective';
import { gaussianVector, random } from '../numerics/random';
import { dot, norm } from '../numerics/vectors';
import { balancedNorms, findBalance } from './balance';

const tensor = (name: string, shape: readonly number[], offset: number): ParameterTensor => ({
  name,
  shape,
  offset,
  count: shape.reduce((a, b) => a * b, 1),
  filters: null,
});
/** x → W [2, 3] → rectifier → V [3, 2] */
const parameters = [tensor('W', [2, 3], 0), tensor('V', [3, 2], 6)];
const scaling: UnitScaling = {
  units: 3,
  first: [{ parameter: 'W', outer: 2, inner: 1 }],
  second: [{ parameter: 'V', outer: 1, inner: 2 }],
};
const role = (parameter: string, fans: WeightRole['fans']): WeightRole => ({
  parameter,
  kind: 'dense',
  fans,
  activation: null,
  place: null,
  slope: 0,
  reads: null,
  end: 'other',
  next: null,
});
const roles = [role('W', { in: 2, out: 3 }), role('V', { in: 3, out: 2 })];

it('compares the norms of both sides, unit by unit', () => {
  // Units with incoming norms 5, 1, 2 and outgoing norms 1, 1, 0.
  const theta = Float32Array.from([3, 1, 2, 4, 0, 0, 1, 0, 0, 1, 0, 0]);
  const found = findBalance(scaling, parameters, theta, roles);
  expect(found.zero).toBe(1);
  expect(found.ratio.geometricMean).toBeCloseTo(Math.sqrt(5), 6);
  expect([found.ratio.least, found.ratio.greatest].map((value) => value.toFixed(6))).toEqual(['1.000000', '5.000000']);
  expect(found.balancedNorm ** 2).toBeCloseTo(5 + 1, 6);
});

it('expects of unequal widths what weights of variance 1/fan-in have', () => {
  const { expected } = findBalance(scaling, parameters, new Float32Array(12).fill(1), roles);
  // Incoming norm 1, outgoing norm √(2/3).
  expect(expected).toBeCloseTo(Math.sqrt(3 / 2), 12);
});

it('finds the norm of balanced weights whatever factors the layers have', () => {
  const balanced = gaussianVector(12, random(0, 'weights'));
  const gradient = gaussianVector(12, random(0, 'gradient'));
  const [theta, slopes] = [Float32Array.from(balanced), Float32Array.from(gradient)];
  for (let i = 0; i < 12; i++) {
    const factor = i < 6 ? 64 : 1 / 64;
    theta[i] *= factor;
    slopes[i] /= factor;
  }
  const [one, other] = [balanced, theta].map((at, i) =>
    balancedNorms([scaling], parameters, at, [gradient, slopes][i]),
  );
  expect(other.parameters).toBeCloseTo(one.parameters, 4);
  expect(other.gradient).toBeCloseTo(one.gradient!, 4);
  expect(one.parameters).toBeLessThanOrEqual(norm(balanced));
  // θᵀg is the same for all weights of one function.
  expect(dot(theta, slopes)).toBeCloseTo(dot(balanced, gradient), 4);
});

it('balances a chain to one norm throughout', () => {
  // Scalars in a row of linear layers: the balanced norm is √3 times the geometric mean.
  const row = ['a', 'b', 'c'].map((name, i) => tensor(name, [1], i));
  const pair = (first: string, second: string): UnitScaling => ({
    units: 1,
    first: [{ parameter: first, outer: 1, inner: 1 }],
    second: [{ parameter: second, outer: 1, inner: 1 }],
  });
  const theta = Float32Array.from([100, 0.01, 27]);
  const { parameters: length } = balancedNorms([pair('a', 'b'), pair('b', 'c')], row, theta, null);
  expect(length).toBeCloseTo(3 * Math.sqrt(3), 2);
});
