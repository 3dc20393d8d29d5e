import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../test/unit/modelFile';
import { floats, node } from '../../test/unit/sourceGraph';
import type { LossName } from '../options/options';
import { analyze } from './analyze';

/** Pairs (t, −t), so that every output has mean 0. The two outputs have different variances. */
const HALF = [0.5, -1, 2, 0.25, -3, 1.5];
const X = [...HALF, ...HALF.map((x) => -x)];
const [A, B] = [2, -0.5];

let folder: string;
let files: { model: string; data: string };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-r2-'));
  const target = X.flatMap((x) => [A * x, B * x]);
  // The model answers the targets themselves.
  files = await modelFile(
    folder,
    {
      nodes: [node('MatMul', 'x w', 'y')],
      initializers: { w: floats([A, B], [1, 2]) },
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1] }],
    },
    { x: floats(X, [X.length, 1]), target: floats(target, [X.length, 2]) },
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** With θ scaled by 1 + α, each prediction is off by α times its target, so that R² = 1 − α². */
describe.each<LossName>(['mse', 'mae', 'huber'])('R² of a model trained with %s', (loss) => {
  it('is 1 − α² along the weights of a perfect fit, whatever decays', async () => {
    const report = await analyze(files.model, {
      data: files.data,
      loss,
      provider: 'cpu',
      threads: 1,
      weightDecay: 0.1,
      only: ['loss', 'lines', 'plane'],
      line: ['parameters:-2:2:9'],
      plane: ['parameters,random/none:-1:1:3'],
    });
    expect(report.objective!.rSquared).toBeCloseTo(1, 6);
    expect(report.objective!.accuracy).toBeUndefined();
    const [line] = report.lines;
    line.alpha.forEach((alpha, i) => expect(line.rSquared![i]).toBeCloseTo(1 - alpha ** 2, 6));
    expect(line.accuracy).toBeUndefined();
    expect(report.planes[0].rSquared![1]).toEqual([0, 1, 2].map(() => expect.any(Number) as number));
    [0, 1, 0].forEach((value, i) => expect(report.planes[0].rSquared![1][i]).toBeCloseTo(value, 6));
  });
});

it('has no R² where the targets are classes', async () => {
  const report = await analyze('test/fixtures/landscapes/train-test/model.onnx', {
    data: 'test/fixtures/landscapes/train-test/train.npz',
    loss: 'cross_entropy',
    provider: 'cpu',
    only: ['loss', 'lines'],
    line: ['random:0:1:2'],
  });
  expect(report.objective!.rSquared).toBeUndefined();
  expect(report.lines[0].rSquared).toBeUndefined();
  expect(report.lines[0].accuracy).toHaveLength(2);
});
