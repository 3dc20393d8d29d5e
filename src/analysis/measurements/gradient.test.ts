import { expect, it } from 'vitest';
import { linearRegression, quadratic } from '../../../test/unit/closedFormObjective';
import { gaussianVector, random } from '../../numerics/random';
import type { Objective } from '../../objective/objective';
import { measureCurvature } from './curvatureAlong';
import { measureGradient, measureParameters } from './gradient';

async function measure(objective: Objective) {
  const { vector, gradient } = await measureGradient(objective);
  const curvature = await measureCurvature(objective, vector, { along: 'gradient and θ', seed: 0 });
  return {
    vector,
    gradient: { ...gradient, ...curvature.gradient },
    parameters: { ...measureParameters(objective), ...curvature.parameters },
  };
}

it('measures the gradient and the curvature along it and along θ', async () => {
  const { gradient, parameters, vector } = await measure(
    quadratic(
      [
        [3, 1],
        [1, -2],
      ],
      [1, 2],
    ),
  );
  // g = Aθ = (5, −3), Ag = (12, 11); θᵀAθ = −1.
  expect([...vector]).toEqual([5, -3]);
  expect(gradient.norm).toBeCloseTo(Math.sqrt(34), 6);
  // θᵀg = 1·5 − 2·3
  expect(gradient.alongParameters).toBeCloseTo(-1, 6);
  expect(gradient.byParameter).toEqual([{ name: 'theta', norm: gradient.norm }]);
  expect(gradient.curvature).toBeCloseTo(27, 5);
  expect(gradient.hessianProductNorm).toBeCloseTo(Math.hypot(12, 11), 5);
  expect(gradient.gaussNewtonCurvature).toBeCloseTo(27, 5);
  expect(parameters).toMatchObject({ norm: Math.sqrt(5), byParameter: [{ name: 'theta', norm: Math.sqrt(5) }] });
  expect(parameters.curvature).toBeCloseTo(-1, 5);
  expect(parameters.hessianProductNorm).toBeCloseTo(Math.sqrt(34), 5);
});

it('gives a critical point at the origin exact zeros', async () => {
  const { gradient } = await measure(
    quadratic(
      [
        [2, 0],
        [0, -2],
      ],
      [0, 0],
    ),
  );
  expect(gradient).toMatchObject({ norm: 0, curvature: 0, hessianProductNorm: 0, noiseFloor: 0 });
});

it('knows a noise floor as large as the rounding of θ makes it', async () => {
  const theta = [0.1, 0.7];
  const { gradient } = await measure(
    quadratic(
      [
        [1000, 0],
        [0, 0],
      ],
      theta,
    ),
  );
  expect(gradient.noiseFloor).toBeCloseTo(2 ** -24 * 100, 8);
});

it('finds the sampling error of the gradient from the spread of its batches', async () => {
  const source = random(1, 'data');
  const x = Array.from({ length: 4000 }, () => [...gaussianVector(3, source)]);
  const y = x.map(() => source.normal());
  const theta = [0, 0, 0];
  const whole = linearRegression(x, y, theta);
  const size = 50;
  const batched: Objective = {
    ...whole,
    async gradient({ onBatch } = {}) {
      for (let first = 0; first < x.length; first += size) {
        const batch = linearRegression(x.slice(first, first + size), y.slice(first, first + size), theta);
        onBatch?.(await batch.gradient(), size);
      }
      return whole.gradient();
    },
  };
  // Each sample's gradient is −2·y·x: variance 4·E y²·E‖x‖² = 12.
  const { gradient } = await measure(batched);
  expect(gradient.samplingError).toBeCloseTo(Math.sqrt(12 / x.length), 2);
  expect(gradient.samplingError! / Math.sqrt(12 / x.length)).toBeCloseTo(1, 0);
  expect((await measure(whole)).gradient.samplingError).toBeUndefined();
});
