import { expect, test } from 'vitest';
import { linearRegression } from '../../test/unit/closedFormObjective';
import { dense, known, rotated } from '../../test/unit/symmetricOperators';
import { gaussianVector, random } from '../numerics/random';
import { symmetricEigen } from '../numerics/symmetric';
import { exactSpectrum, extremesOfExact, quadratureOfExact } from './exact';
import { hessianOf } from './operator';

test('a saddle with repeated ± eigenvalues has exactly that spectrum and a certified index', async () => {
  const eigenvalues = [5.88, 5.88, 2.65, 2.65, 0.64, 0.64].flatMap((value) => [value, -value]);
  const op = rotated(eigenvalues);
  const exact = await exactSpectrum(op, { blockSize: 5 });
  exact.values.forEach((value, i) => expect(Math.abs(value - op.eigenvalues[i])).toBeLessThan(exact.errors[i]));
  expect(Math.max(...exact.errors)).toBeLessThan(1e-5 * 5.88);
  expect(exact.values.filter((value) => value < -exact.noiseFloor).length).toBe(6);
  expect(exact.values.filter((value) => value > exact.noiseFloor).length).toBe(6);
  expect(Math.abs(exact.trace)).toBeLessThan(1e-5);
  expect(exact.products).toBe(12);
  expect(op.calls).toEqual([5, 5, 2]);
});

test('the smallest of eigenvalues 1e6 apart is right to 1 %, with badly scaled features', async () => {
  // Columns of X scaled by 10⁻³ … 1: H = 2/N·XᵀX, its eigenvalues by a float64 solver on the float64 matrix.
  const scales = [1, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3];
  const x = Array.from({ length: 200 }, (_, n) =>
    Array.from(gaussianVector(scales.length, random(5, 'features', n)), (value, j) => value * scales[j]),
  );
  const objective = linearRegression(x, new Array<number>(200).fill(0), new Array<number>(7).fill(0));
  const h = scales.map((_, i) => scales.map((__, j) => (2 / 200) * x.reduce((t, row) => t + row[i] * row[j], 0)));
  const truth = symmetricEigen(h).values;
  const exact = await exactSpectrum(hessianOf(objective));
  expect(truth.at(-1)! / truth[0]).toBeGreaterThan(8e5);
  expect(exact.values.at(-1)! / exact.values[0] / (truth.at(-1)! / truth[0])).toBeCloseTo(1, 2);
  expect(exact.noiseFloor).toBeLessThan(0.01 * truth[0]);
  exact.values.forEach((value, i) => expect(Math.abs(value - truth[i])).toBeLessThanOrEqual(exact.errors[i]));
});

test('small eigenvalues that float32 entries cannot hold are not called positive', async () => {
  const op = rotated([100, 1, 1e-7, -1e-7]);
  const exact = await exactSpectrum(op);
  expect(exact.noiseFloor).toBeGreaterThan(1e-7);
  expect(exact.noiseFloor).toBeLessThan(1e-3);
});

test('stated errors cover noisy entries for 95 % of the eigenvalues', async () => {
  let inside = 0;
  let all = 0;
  for (let seed = 0; seed < 30; seed++) {
    const source = random(seed, 'noise');
    const scales = Array.from({ length: 10 }, () => 10 ** (-2 * source.uniform()));
    const symmetric = scales.map(() => new Float64Array(10));
    for (let i = 0; i < 10; i++) {
      for (let j = 0; j <= i; j++) {
        symmetric[i][j] = symmetric[j][i] = source.normal() * scales[i] * scales[j];
      }
    }
    const noisy = symmetric.map((row, i) =>
      row.map(
        (value, j) =>
          value +
          2e-6 * source.normal() * Math.max(Math.abs(value), Math.sqrt(Math.abs(symmetric[i][i] * symmetric[j][j]))),
      ),
    );
    const truth = symmetricEigen(symmetric).values;
    const exact = await exactSpectrum(dense(noisy, Array.from(truth)));
    inside += exact.values.filter((value, i) => Math.abs(value - truth[i]) <= exact.errors[i]).length;
    all += 10;
  }
  expect(inside / all).toBeGreaterThanOrEqual(0.95);
});

test('both ends overlap if fewer eigenvalues exist than requested', async () => {
  const exact = await exactSpectrum(rotated([3, 2, 1]));
  const { top, bottom } = extremesOfExact(exact, 6, 2);
  expect(top.map((pair) => Math.round(pair.value))).toEqual([3, 2, 1]);
  expect(bottom.map((pair) => Math.round(pair.value))).toEqual([1, 2]);
  expect(top.every((pair) => pair.converged && Math.abs(Math.hypot(...pair.vector) - 1) < 1e-6)).toBe(true);
});

test('the exact spectrum is a quadrature of equal weights', async () => {
  const { nodes, weights } = quadratureOfExact(await exactSpectrum(rotated([4, 2])));
  expect(nodes.map(Math.round)).toEqual([2, 4]);
  expect(weights).toEqual([0.5, 0.5]);
});

test.each([1, 2])('order %i', async (dim) => {
  const exact = await exactSpectrum(rotated(new Array<number>(dim).fill(-2)));
  exact.values.forEach((value) => expect(value).toBeCloseTo(-2, 6));
});

test('the zero matrix has zero eigenvalues and no noise', async () => {
  const exact = await exactSpectrum(rotated([0, 0, 0]));
  expect(exact.values.map(Math.abs)).toEqual([0, 0, 0]);
  expect(exact.noiseFloor).toBe(0);
});

test('a column that is not finite is named', async () => {
  const op = known([1, 2, 3], (v) => (v[2] === 1 ? Float32Array.of(0, NaN, 3) : v));
  await expect(exactSpectrum(op)).rejects.toThrow('column 3 of the Hessian');
});
