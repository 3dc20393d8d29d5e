import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { Matrix, solve } from 'ml-matrix';
import { beforeAll, expect, it } from 'vitest';
import { sgd } from '../../src/dynamics/optimizers/gradientDescent';
import { FirstOrderRun } from '../../src/dynamics/optimizers/firstOrderRun';
import { krylovNewton } from '../../src/dynamics/optimizers/krylovNewton';
import type { WalkSetting } from '../../src/dynamics/optimizers/walk';
import { Walk } from '../../src/dynamics/optimizers/walk';
import { openObjective } from '../../src/objective/open/openObjective';
import type { Objective } from '../../src/objective/objective';
import { resolveOptions } from '../../src/options/presets';

/** Linear regression with feature scales over three decades: κ = 10⁶ in nine dimensions. */
const FOLDER = resolve(__dirname, '../fixtures/linear_illconditioned');
const DATA = join(FOLDER, 'data.npz');
const REACHED = 1e-4;
let objective: Objective;
let setting: WalkSetting & { theta: Float32Array };
const leastSquares = leastSquaresOf(DATA);

beforeAll(async () => {
  ({ objective } = await openObjective(
    join(FOLDER, 'model.onnx'),
    resolveOptions({ data: DATA, provider: 'cpu', threads: 1 }),
  ));
  const [{ loss }, gradient] = [await objective.value(), await objective.gradient()];
  const displacement = new Float32Array(objective.dim);
  setting = { objective, start: { displacement, loss, gradient }, projection: null, theta: objective.theta };
  return () => objective.dispose();
});

it('is solved by Newton-CG in at most 20 products', async () => {
  const walk = new Walk(setting);
  await krylovNewton(walk, { kind: 'gaussNewton', budget: 45, steps: 8 });
  expect(walk.products).toBeLessThanOrEqual(20);
  // Both absolutely and relative to the least loss, which is 0.0086.
  expect(walk.loss - leastSquares).toBeLessThan(REACHED * leastSquares);
});

it('is not solved by SGD in 200 gradients at its best step size', async () => {
  const { eigenvalues_top: [largest] = [NaN] } = JSON.parse(readFileSync(join(FOLDER, 'reference.json'), 'utf8')) as {
    eigenvalues_top: number[];
  };
  for (const share of [0.25, 0.5, 0.8, 0.9, 0.95, 0.99]) {
    const run = new FirstOrderRun(sgd, (share * 2) / largest, setting);
    await run.until(200);
    expect(run.walk.spent).toBe(200);
    expect(run.walk.best.loss - leastSquares).toBeGreaterThan(100 * REACHED);
  }
  // Beyond 2/λ_max it diverges.
  const beyond = new FirstOrderRun(sgd, 2.02 / largest, setting);
  await beyond.until(200);
  expect(beyond.end).toBeGreaterThan(leastSquares + 100 * REACHED);
});

/** The least mean squared error, from the normal equations in float64. */
function leastSquaresOf(path: string): number {
  const files = unzipSync(readFileSync(path));
  const [inputs, targets] = ['input', 'target'].map((key) => float32Of(files[`${key}.npy`]));
  const rows = Array.from({ length: targets.length }, (_, i) => [...inputs.subarray(8 * i, 8 * i + 8), 1]);
  const x = new Matrix(rows);
  const y = Matrix.columnVector(Array.from(targets));
  const transposed = x.transpose();
  const weights = solve(transposed.mmul(x), transposed.mmul(y));
  const residuals = x.mmul(weights).sub(y).to1DArray();
  return residuals.reduce((sum, residual) => sum + residual ** 2, 0) / residuals.length;
}

/** The elements of a .npy file of version 1. */
function float32Of(file: Uint8Array): Float32Array {
  const header = new DataView(file.buffer, file.byteOffset).getUint16(8, true);
  return new Float32Array(file.slice(10 + header).buffer);
}
