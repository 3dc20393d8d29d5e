import { expect, it } from 'vitest';
import { quadratic, softmaxRegression } from '../../test/unit/closedFormObjective';
import { random } from '../numerics/random';
import { norm } from '../numerics/vectors';
import { pointCurvature } from './pointCurvature';
import { symmetricEigen } from '../numerics/symmetric';

const DIM = 60;
const request = { seed: 0, maxProducts: 200, memoryBytes: 1e8 };

/** A diagonal matrix whose spectrum has an outlier above and a dense end below. */
const diagonal = Array.from({ length: DIM }, (_, i) => (i === 7 ? 5 : -1 + i / DIM));
const matrix = diagonal.map((value, i) => diagonal.map((_, j) => (i === j ? value : 0)));
const objective = quadratic(matrix, new Array<number>(DIM).fill(0.1));
const at = { d1: new Float32Array(DIM).fill(1), d2: null, alpha: 0.5, beta: 0 };

it('finds both ends of the spectrum and the gradient at a displaced point', async () => {
  const point = await pointCurvature(objective, at, request);
  expect(Math.abs(point.lambdaMax - 5)).toBeLessThan(point.residualMax);
  expect(Math.abs(point.lambdaMin + 1)).toBeLessThan(Math.max(point.residualMin, 5e-3));
  expect(point.residualMax).toBeLessThan(6e-3);
  // ∇L = A·θ with θ = 0.6 everywhere
  expect(point.gradientNorm).toBeCloseTo(0.6 * Math.hypot(...diagonal), 5);
});

it('begins with the eigenvectors of a point nearby and ends sooner', async () => {
  const cold = await pointCurvature(objective, at, request);
  const warm = await pointCurvature(objective, at, { ...request, near: cold.start! });
  expect(warm.products).toBeLessThan(0.8 * cold.products);
  expect(warm.lambdaMax).toBeCloseTo(cold.lambdaMax, 3);
  expect(Math.abs(warm.lambdaMin - cold.lambdaMin)).toBeLessThan(5e-3);
});

it('finds an eigenvector that the start from nearby lacks', async () => {
  const near = Float32Array.from({ length: DIM }, (_, i) => (i === 3 || i === 20 ? 1 : 0));
  const { lambdaMax, lambdaMin } = await pointCurvature(objective, at, { ...request, near });
  expect(lambdaMax).toBeCloseTo(5, 2);
  expect(Math.abs(lambdaMin + 1)).toBeLessThan(5e-3);
});

it('agrees with the Hessian of a softmax regression written out', async () => {
  const source = random(3, 'softmax');
  const x = Array.from({ length: 20 }, () => [source.normal(), source.normal()]);
  const regression = softmaxRegression(
    x,
    x.map((_, n) => n % 2),
    2,
    [0.1, -0.2, 0.3, 0.2, 0.1, -0.4],
  );
  const place = { d1: regression.theta, d2: null, alpha: 1, beta: 0 };
  const unit = (i: number) => Float32Array.from({ length: regression.dim }, (_, j) => (i === j ? 1 : 0));
  const columns = await regression.products(
    'hessian',
    Array.from({ length: regression.dim }, (_, i) => unit(i)),
    { at: place },
  );
  const { values } = symmetricEigen(columns.map((column) => Float64Array.from(column)));
  const { lambdaMax, lambdaMin, residualMax } = await pointCurvature(regression, place, request);
  expect(Math.abs(lambdaMax - values.at(-1)!)).toBeLessThan(residualMax);
  expect(Math.abs(lambdaMin - values[0])).toBeLessThan(1e-3 * values.at(-1)!);
});

it('is NaN where the curvature is', async () => {
  const broken = { ...objective, products: () => Promise.resolve([new Float32Array(DIM).fill(NaN)]) };
  const { gradientNorm, lambdaMax, residualMin, start } = await pointCurvature(broken, at, request);
  expect([lambdaMax, residualMin, start]).toEqual([NaN, NaN, null]);
  expect(gradientNorm).toBeCloseTo(norm(await objective.gradient({ at })), 5);
});

it('has one eigenvalue at both ends in one dimension', async () => {
  const single = quadratic([[3]], [1]);
  const { lambdaMax, lambdaMin } = await pointCurvature(single, { ...at, d1: Float32Array.of(1) }, request);
  expect([lambdaMax, lambdaMin]).toEqual([3, 3]);
});
