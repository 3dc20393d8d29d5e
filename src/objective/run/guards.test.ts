import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { symmetricEigen } from '../../numerics/symmetric';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { openObjective } from '../open/openObjective';

/** Computes gradient, Hessian and, by forward mode, the curvature along each unit vector of a small model. */
async function derivatives(name: string, options: AnalysisOptions) {
  const folder = resolve(__dirname, '../../../test/fixtures/cases', name);
  const settings = resolveOptions({ data: join(folder, 'data.npz'), provider: 'cpu', threads: 1, ...options });
  const { objective } = await openObjective(join(folder, 'model.onnx'), settings);
  try {
    const units = Array.from({ length: objective.dim }, (_, i) =>
      Float32Array.from({ length: objective.dim }, (_, j) => Number(i === j)),
    );
    const gradient = await objective.gradient();
    const hessian = await objective.products('hessian', units);
    const forward = await objective.curvatures('hessian', units);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      gradientNorm: Math.hypot(...gradient),
      eigenvalues: [...symmetricEigen(hessian).values].reverse(),
      trace: hessian.reduce((sum, row, i) => sum + row[i], 0),
      forwardTrace: forward.reduce((sum, { curvatures }) => sum + mean(curvatures), 0),
      gaussNewton: await objective.products('gaussNewton', units),
    };
  } finally {
    await objective.dispose();
  }
}

// The expected numbers are computed in float64, with the guard inside the root and with the series at the hole.
it('differentiates a root that is guarded where it has no slope', async () => {
  const found = await derivatives('where-guarded-sqrt', { loss: 'mse' });
  expect(found.gradientNorm).toBeCloseTo(2.191111, 5);
  [4.745106, 1.645504, 1.565658].forEach((value, i) => expect(found.eigenvalues[i]).toBeCloseTo(value, 5));
  expect(found.eigenvalues.at(-1)).toBeCloseTo(-1.460256, 5);
  expect(found.trace).toBeCloseTo(5.91838, 4);
  expect(found.forwardTrace).toBeCloseTo(5.91838, 4);
  expect(found.gaussNewton.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
});

it('differentiates sin x / x at 0, where the model writes its limit', async () => {
  const found = await derivatives('where-guarded-sinc', { loss: 'mse', parameters: ['w'] });
  expect(found.gradientNorm).toBeCloseTo(9.01734, 4);
  [-5.051226, -6.624654, -13.249309].forEach((value, i) => expect(found.eigenvalues[i]).toBeCloseTo(value, 4));
  expect(found.trace).toBeCloseTo(-24.9252, 4);
  expect(found.forwardTrace).toBeCloseTo(-24.9252, 4);
});
