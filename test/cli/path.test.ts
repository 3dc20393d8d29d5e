import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gaussianVector, random } from '../../src/numerics/random';
import { reportFromJson } from '../../src/report/json';
import { modelFile } from '../unit/modelFile';
import { floats, node, weights } from '../unit/sourceGraph';
import type { Outcome } from './commandLine';
import { cli, runIn } from './commandLine';

const SAMPLES = 40;
const STEPS = [0, 9, 10, 100];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-path-'));
  await mkdir(join(folder, 'run'));
  const inputs = gaussianVector(4 * SAMPLES, random(0, 'inputs'));
  const target = floats(
    [...inputs.filter((_, i) => i % 4 === 0)].map((v) => Math.tanh(2 * v)),
    [SAMPLES, 1],
  );
  for (const step of STEPS) {
    // Larger weights with every checkpoint: sharper, and with a lower loss.
    const scale = 0.2 + step / 100;
    const { model, data } = await modelFile(
      folder,
      {
        nodes: [node('Gemm', 'x w1 b1', 'h'), node('Tanh', 'h', 'a'), node('Gemm', 'a w2 b2', 'y')],
        initializers: {
          w1: weights('w1', [4, 5], scale),
          b1: weights('b1', [5], scale),
          w2: weights('w2', [5, 1], scale),
          b2: weights(`b2 of ${step}`, [1], 0.1),
        },
      },
      { x: floats([...inputs], [SAMPLES, 4]), target },
    );
    await rename(model, join(folder, 'run', `ckpt_${step}.onnx`));
    await rename(data, join(folder, 'data.npz'));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const path = (...args: string[]): Promise<Outcome> => runIn(folder, cli, ['path', ...args]);
const OPTIONS = ['--data', 'data.npz', '--loss', 'mse', '--preset', 'quick', '--provider', 'cpu', '--threads', '1'];

describe('ridgeline path', () => {
  test('prints a row per checkpoint and writes the report', async () => {
    const { code, stdout } = await path('run', ...OPTIONS, '--learning-rate', '0.01', '--output', 'path.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/4 checkpoints, steps 0 to 100/);
    const rows = [...stdout.matchAll(/^ *\d+ +(ckpt_\d+\.onnx) +\S+/gm)].map((match) => match[1]);
    expect(rows).toEqual(STEPS.map((step) => `ckpt_${step}.onnx`));
    expect(stdout).toMatch(/Edge of stability along the path absent/);
    expect(stdout).toMatch(/Two axes hold .* of the variance/);
    const report = reportFromJson(await readFile(join(folder, 'path.json'), 'utf8'));
    expect(report.path!.checkpoints.map(({ step }) => step)).toEqual(STEPS);
    expect(report.planes[0].x.direction).toBe('pca/1');
  });

  test('reads the options file beside the last checkpoint, and finds what was measured', async () => {
    const options = {
      data: '../data.npz',
      loss: 'mse',
      preset: 'quick',
      provider: 'cpu',
      threads: 1,
      learningRate: 0.02,
    };
    await writeFile(join(folder, 'run/ckpt_100.landscape.json'), JSON.stringify(options));
    const { code, stdout, stderr } = await path('run/ckpt_100.onnx', 'run/ckpt_9.onnx', 'run/ckpt_10.onnx');
    expect(code).toBe(0);
    expect(stderr).toMatch(/Found the figures of 3 of 3 checkpoints, measured earlier; --fresh measures again/);
    expect(stdout).toMatch(/2\/η = 100/);
  });

  test('names files that are no checkpoints, and an empty folder', async () => {
    await mkdir(join(folder, 'mixed'));
    await copyFile(join(folder, 'run/ckpt_0.onnx'), join(folder, 'mixed/a1.onnx'));
    await copyFile(join(folder, 'run/ckpt_9.onnx'), join(folder, 'mixed/a2.onnx'));
    await copyFile(join(folder, 'data.npz'), join(folder, 'mixed/a3.onnx'));
    const mixed = await path('mixed', ...OPTIONS);
    expect(mixed.code).toBe(2);
    expect(mixed.stderr).toMatch(/1 file of 3 is no checkpoint of the same network[^]*mixed.a3\.onnx/);
    await mkdir(join(folder, 'empty'));
    const empty = await path('empty', ...OPTIONS);
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringMatching(/no \.onnx file here[^]*at empty/)]);
  });
});
