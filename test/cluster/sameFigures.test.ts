import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSlurm } from '../../scripts/slurm/slurm.mjs';
import { gaussianVector, random } from '../../src/numerics/random';
import type { Report } from '../../src/report/report';
import { modelFile } from '../unit/modelFile';
import { floats, node, weights } from '../unit/sourceGraph';
import type { Figures } from './ridgeline';
import { figures, reportIn, ridgeline, root, runIn, start } from './ridgeline';
import { sharedFolder, slurm } from './slurm';

/** Two nodes on one machine compute the same bits, so that reports of the cluster and of one process are equal. */
const shared = sharedFolder();
const fixture = (name: string) => join(root, 'test/fixtures', name);
const QUICK = ['--preset', 'quick', '--provider', 'cpu'];

/** Runs a command here and on the cluster. @returns the cluster's report */
async function checkSame(folder: string, args: readonly string[], ...cluster: string[]) {
  const runOf = async (name: string, extra: readonly string[]) => {
    const output = join(shared.path, `${name}.json`);
    await ridgeline(folder, [...args, ...QUICK, '--cache', join(shared.path, name), '--output', output, ...extra]);
    return output;
  };
  const alone = await runOf('alone', []);
  const spread = await runOf('spread', ['--cluster', 'slurm', '--jobs', '2', ...cluster]);
  expect(withoutCurvature(await figures(spread))).toEqual(withoutCurvature(await figures(alone)));
  checkCurvature(await reportIn(spread), await reportIn(alone));
  return reportIn(spread);
}

/** One machine starts at each point of a plane from the eigenvectors of its neighbour; tiles start anew. */
const withoutCurvature = (report: Figures) => ({
  ...report,
  planes: report.planes?.map((plane) => ({ ...plane, curvature: undefined })),
});

/** Two Ritz values of one eigenvalue differ by at most the sum of their residuals. */
function checkCurvature(spread: Report, alone: Report): void {
  spread.planes.forEach(({ curvature: a }, plane) => {
    const b = alone.planes[plane].curvature;
    expect(a === undefined).toBe(b === undefined);
    if (!a || !b) return;
    for (const [value, residual] of [
      ['lambdaMax', 'residualMax'],
      ['lambdaMin', 'residualMin'],
    ] as const) {
      a[value].flat().forEach((found, i) => {
        const apart = Math.abs(Number(found) - Number(b[value].flat()[i]));
        const within = Number(a[residual]!.flat()[i]) + Number(b[residual]!.flat()[i]);
        expect(apart, `${value} at point ${i}`).toBeLessThanOrEqual(within);
      });
    }
  });
}

it('measures planes, curvature on a plane, density and trace as one machine does', async () => {
  const what = ['model.onnx', '--data', 'data.npz', '--samples', '48', '--plane-curvature', '3'];
  const planes = ['--plane', 'random,random:-1:1:9', '--plane', 'top/1,bottom/1:-1:1:7'];
  const report = await checkSame(fixture('mlp_digits'), ['analyze', ...what, ...planes]);
  expect(report.planes).toHaveLength(2);
  expect(report.planes[0].curvature).toBeDefined();
  expect(report.spectrum!.hessian!.density!.lambda.length).toBeGreaterThan(10);
  expect(report.spectrum!.hessian!.trace!.probes).toBeGreaterThan(1);
  expect(report.cluster!.nodes.map(({ node }) => node).sort()).toEqual(['n1', 'n2']);
  expect(report.cluster!.measured).toBe(report.cluster!.parts);
});

it('measures a convolutional network as one machine does', async () => {
  await checkSame(fixture('lenet_fashion'), ['analyze', 'model.onnx', '--data', 'data.npz', '--samples', '16']);
});

it('measures the checkpoints of a path as one machine does', async () => {
  await checkpoints([0, 10, 100]);
  const what = ['path', join(shared.path, 'run'), '--data', 'data.npz', '--loss', 'mse', '--learning-rate', '0.01'];
  const { path } = await checkSame(shared.path, what);
  expect(path!.checkpoints.map(({ step }) => step)).toEqual([0, 10, 100]);
});

it('compares models as one machine does', async () => {
  const what = ['compare', 'a.onnx', 'b.onnx', '--data', 'data.npz', '--loss', 'cross_entropy', '--samples', '32'];
  const { comparison } = await checkSame(fixture('landscapes/pair-cnn-bn'), [...what, '--only', 'loss,gradient']);
  expect(comparison!.models).toHaveLength(2);
});

it('passes further arguments to sbatch', async () => {
  const what = ['analyze', 'model.onnx', '--data', 'data.npz', '--samples', '16', '--only', 'plane'];
  const report = await checkSame(fixture('mlp_digits'), what, '--sbatch', '--nodelist=n2 --comment="two words"');
  expect(report.cluster!.nodes.map(({ node }) => node)).toEqual(['n2']);
});

it('stays below the largest array of the cluster', async () => {
  const small = await startSlurm(join(shared.path, 'slurm'), { maxArraySize: 4 });
  onTestFinished(small.stop);
  const cache = join(shared.path, 'cache');
  const what = ['model.onnx', '--data', join(fixture('mlp_digits'), 'data.npz'), '--samples', '16', '--only', 'plane'];
  const args = ['analyze', ...what, ...QUICK, '--cache', cache, '--cluster', 'slurm', '--jobs', '10'];
  const { code, stderr } = await start(fixture('mlp_digits'), args, undefined, small.env).ended;
  expect(code, stderr).toBe(0);
  const plan = await reportIn(join(await runIn(cache), 'report.json'));
  expect(plan.cluster!.measured).toBeGreaterThan(4);
  const squeue = ['--noheader', '--array', '--states=all', '--format=%K'];
  const indices = (await slurm('squeue', squeue, small.env.SLURM_CONF)).split('\n').filter((index) => index !== 'N/A');
  // Fewer tasks than were asked for, and more than one.
  expect(indices.length).toBeGreaterThan(1);
  expect(Math.max(...indices.map(Number))).toBeLessThan(4);
});

/** A small network at several steps of a training that never was. */
async function checkpoints(steps: readonly number[]): Promise<void> {
  await mkdir(join(shared.path, 'run'));
  const inputs = gaussianVector(4 * 40, random(0, 'inputs'));
  const target = [...inputs.filter((_, i) => i % 4 === 0)].map((v) => Math.tanh(2 * v));
  for (const step of steps) {
    const scale = 0.2 + step / 100;
    const { model, data } = await modelFile(
      shared.path,
      {
        nodes: [node('Gemm', 'x w1 b1', 'h'), node('Tanh', 'h', 'a'), node('Gemm', 'a w2 b2', 'y')],
        initializers: {
          w1: weights('w1', [4, 5], scale),
          b1: weights('b1', [5], scale),
          w2: weights('w2', [5, 1], scale),
          b2: weights(`b2 of ${step}`, [1], 0.1),
        },
      },
      { x: floats([...inputs], [40, 4]), target: floats(target, [40, 1]) },
    );
    await rename(model, join(shared.path, 'run', `ckpt_${step}.onnx`));
    await rename(data, join(shared.path, 'data.npz'));
  }
}
