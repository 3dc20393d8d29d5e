import { readFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import { floats, node } from '../../../test/unit/sourceGraph';
import { UserError } from '../../errors';
import { gaussianVector, random } from '../../numerics/random';
import { symmetricEigen } from '../../numerics/symmetric';
import type { AnalysisOptions } from '../../options/options';
import type { Plane, Report } from '../../report/report';
import type { PlanePointFigures } from '../../report/sections/planePoint';
import { analyze } from '../analyze';
import { followPath } from '../path/followPath';
import { measurePoint } from './measurePoint';

const LANDSCAPES = resolve(__dirname, '../../../test/fixtures/landscapes');
const file = (name: string) => resolve(LANDSCAPES, 'plane-curvature', name);

interface Truth {
  plane: string;
  values: number[];
  points: { x: number; y: number; gradient_norm: number; lambda_min: number; lambda_max: number }[];
}
const truth = JSON.parse(readFileSync(file('truth.json'), 'utf8')) as Truth;
const model = file('model.onnx');
const options: AnalysisOptions = {
  data: file('data.npz'),
  loss: 'cross_entropy',
  provider: 'cpu',
  threads: 1,
  only: ['plane'],
};

const ownerOf = ({ model: { path, sha256 }, provenance, path: followed }: Report) => ({
  model: path,
  sha256,
  data: provenance.data,
  options: provenance.options,
  checkpoints: followed?.checkpoints.map(({ file: each }, i) => ({
    file: each,
    isFinite: Number.isFinite(followed.pca?.coordinates[i]?.[0]),
  })),
});

const measure = (report: Report, { x, y }: Plane, at: { x: number; y: number }): Promise<PlanePointFigures> =>
  measurePoint({ report: ownerOf(report), directions: { x: x.direction, y: y.direction }, at });

it('agrees with the eigenvalues of a float64 Hessian, and with the grid of curvature, at the same points', async () => {
  const report = await analyze(model, { ...options, plane: [truth.plane], planeCurvature: truth.values.length });
  const [plane] = report.planes;
  const { x, y, lambdaMax, lambdaMin, residualMax, residualMin, gradientNorm } = plane.curvature!;
  for (const point of [truth.points[0], truth.points[4], truth.points[8]]) {
    const found = await measure(report, plane, { x: point.x, y: point.y });
    expect(Math.abs(found.lambdaMax!.value - point.lambda_max)).toBeLessThan(found.lambdaMax!.residual);
    expect(Math.abs(found.lambdaMin!.value - point.lambda_min)).toBeLessThan(found.lambdaMin!.residual);
    expect(Math.abs(found.gradientNorm! / point.gradient_norm - 1)).toBeLessThan(1e-4);
    const [i, j] = [y.indexOf(point.y), x.indexOf(point.x)];
    expect(found.gradientNorm).toBe(gradientNorm[i][j]);
    expect(Math.abs(found.lambdaMax!.value - lambdaMax[i][j])).toBeLessThan(
      found.lambdaMax!.residual + residualMax[i][j],
    );
    expect(Math.abs(found.lambdaMin!.value - lambdaMin[i][j])).toBeLessThan(
      found.lambdaMin!.residual + residualMin[i][j],
    );
    const place = [plane.y.values.indexOf(point.y), plane.x.values.indexOf(point.x)];
    if (!place.includes(-1)) expect(found.loss).toBe(plane.loss[place[0]][place[1]]);
  }
  // The grid measures its centre first, from the same start.
  const centre = await measure(report, plane, { x: 0, y: 0 });
  const middle = truth.values.indexOf(0);
  expect(centre.lambdaMax!.value).toBe(lambdaMax[middle][middle]);
  expect(centre.lambdaMin!.value).toBe(lambdaMin[middle][middle]);
});

it.each([['random,random'], ['gradient,random'], ['top/1,bottom/1']])(
  'makes the directions of the plane %s again, bit for bit',
  async (name) => {
    const report = await analyze(model, { ...options, plane: [`${name}:-0.5:0.5:3`], preset: 'quick', seed: 5 });
    const [plane] = report.planes;
    const { loss, accuracy } = await measure(report, plane, { x: 0.5, y: -0.5 });
    expect(loss).toBe(plane.loss[0][2]);
    expect(accuracy).toBe(plane.accuracy![0][2]);
  },
);

it('measures a point on the plane of a path of checkpoints, with the curvature of linear regression', async () => {
  const [samples, dim] = [20, 4];
  const x = gaussianVector(samples * dim, random(0, 'inputs')).map(Math.fround);
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-point-'));
  try {
    for (const [i, w] of [
      [1, -1, 2, 0],
      [0.5, 0.2, 1, 1],
      [0.1, 0.3, 0.2, 0.5],
    ].entries()) {
      const { model: written } = await modelFile(
        folder,
        { nodes: [node('MatMul', 'x w', 'y')], initializers: { w: floats(w, [dim, 1]) } },
        { x: floats([...x], [samples, dim]), target: floats([...x.slice(0, samples)], [samples, 1]) },
      );
      await rename(written, join(folder, `ckpt_${i}.onnx`));
    }
    const asked: AnalysisOptions = { data: join(folder, 'data.npz'), loss: 'mse', provider: 'cpu', threads: 1 };
    const report = await followPath([folder], { ...asked, preset: 'quick' });
    const [plane] = report.planes;
    const found = await measure(report, plane, { x: plane.x.values[0], y: plane.y.values[0] });
    expect(found.loss).toBe(plane.loss[0][0]);
    // H = 2/N·XᵀX at every point.
    const hessian = Array.from({ length: dim }, (_, a) =>
      Float64Array.from({ length: dim }, (_, b) => {
        let sum = 0;
        for (let n = 0; n < samples; n++) sum += x[n * dim + a] * x[n * dim + b];
        return (2 / samples) * sum;
      }),
    );
    const { values } = symmetricEigen(hessian);
    expect(found.lambdaMax!.value).toBeCloseTo(values[dim - 1], 4);
    expect(found.lambdaMin!.value).toBeCloseTo(values[0], 4);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('refuses a point where the data are no longer those of the report', async () => {
  const report = await analyze(model, { ...options, plane: ['random,random:-1:1:3'] });
  const owner = { ...ownerOf(report), data: 'other' };
  const asked = measurePoint({ report: owner, directions: { x: 'random', y: 'random' }, at: { x: 0, y: 0 } });
  await expect(asked).rejects.toThrow(UserError);
  await expect(asked).rejects.toThrow(/data changed since this report was made/);
});
