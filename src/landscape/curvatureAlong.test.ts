import { expect, test } from 'vitest';
import { linearRegression, quadratic, withProducts } from '../../test/unit/closedFormObjective';
import { directionalCurvature } from './curvatureAlong';
import { gradientDirection } from './direction';
import { sampleLine } from './line';

const a = [
  [2, 1, 0],
  [1, -3, 0.5],
  [0, 0.5, 1],
];
const theta = [1, -2, 0.5];
const objective = quadratic(a, theta, { b: [1, 2, 3], c: 4 });

test('one block product gives vᵀHv, ‖Hv‖ and vᵀGv along vectors of any length', async () => {
  const x = Array.from({ length: 20 }, (_, n) => [Math.sin(n), Math.cos(2 * n), 1]);
  const regression = linearRegression(
    x,
    x.map((_, n) => n / 20),
    [0.1, 0.2, 0.3],
  );
  const vectors = [
    [1, 2, -1],
    [3e-20, 0, 0],
    [0, 0, 0],
    [1e15, -1e15, 0],
  ];
  const results = await directionalCurvature(
    regression,
    vectors.map((v) => Float32Array.from(v)),
    { gaussNewton: true },
  );
  results.forEach(({ curvature, hessianProductNorm, gaussNewtonCurvature }, k) => {
    const along = x.map((row) => row.reduce((total, value, i) => total + value * vectors[k][i], 0));
    const vHv = (2 / 20) * along.reduce((total, value) => total + value * value, 0);
    const hv = [0, 1, 2].map((i) => (2 / 20) * x.reduce((total, row, n) => total + row[i] * along[n], 0));
    const near = (value: number, truth: number) => expect(Math.abs(value - truth)).toBeLessThanOrEqual(1e-6 * truth);
    near(curvature, vHv);
    near(gaussNewtonCurvature!, vHv);
    near(hessianProductNorm, Math.hypot(...hv));
  });
  expect(regression.counts).toMatchObject({ hvp: 3, ggnvp: 3 });
});

test('non-finite curvature is reported, not hidden', async () => {
  const broken = withProducts(objective, 'hessian', (v) => v.map(() => Float32Array.of(NaN, 0, 0)));
  const [result] = await directionalCurvature(broken, [Float32Array.of(1, 0, 0)]);
  expect(result!.curvature).toBeNaN();
});

test('the slope and curvature of a line agree with gradient and Hessian', async () => {
  const gradient = await objective.gradient();
  const direction = gradientDirection(gradient)!;
  const [{ curvature } = { curvature: NaN }] = await directionalCurvature(objective, [direction.vector]);
  const step = 1e-3;
  const { loss } = await sampleLine(objective, direction, { from: -step, to: step, steps: 3 });
  expect((loss[2] - loss[0]) / (2 * step)).toBeCloseTo(Math.hypot(...gradient), 4);
  expect((loss[2] - 2 * loss[1] + loss[0]) / step ** 2).toBeCloseTo(curvature, 3);
});
