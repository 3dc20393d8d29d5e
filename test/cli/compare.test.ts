import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/report';
import type { Outcome } from './commandLine';
import { cli, root, runIn } from './commandLine';

/** Float64 figures of another library: two networks with batch normalization, and the straight line between them. */
interface Truth {
  straight: {
    alpha: number[];
    loss: number[];
    accuracy: number[];
    barrier: { height: number; at: number };
    distance: number;
  };
  matched: { distance: number };
}

const pair = join(root, 'test/fixtures/landscapes/pair-cnn-bn');
const FAST = ['--data', 'data.npz', '--loss', 'cross_entropy', '--provider', 'cpu', '--only', 'loss,gradient'];

let folder: string;
let truth: Truth;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-compare-'));
  for (const name of ['a.onnx', 'b.onnx', 'data.npz']) await copyFile(join(pair, name), join(folder, name));
  await copyFile(join(root, 'test/fixtures/linear_saddle/model.onnx'), join(folder, 'linear.onnx'));
  truth = JSON.parse(await readFile(join(pair, 'truth.json'), 'utf8')) as Truth;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ridgeline = (...args: string[]): Promise<Outcome> => runIn(folder, cli, args);
const reportOf = async (path: string): Promise<Report> =>
  JSON.parse(await readFile(join(folder, path), 'utf8')) as Report;

test('measures the line between two models, matches them and saves the matched model', async () => {
  const { code, stdout, stderr } = await ridgeline(
    ...['compare', 'a.onnx', 'b.onnx', ...FAST, '--output', 'r.json', '--save-matched', 'matched.onnx'],
  );
  expect(stderr).not.toContain('internal error');
  expect(code).toBe(0);
  const { models, figures, distance, line, matched, movesStatistics } = (await reportOf('r.json')).comparison!;
  const { straight } = truth;
  expect(models.map(({ loss }) => loss)).toEqual([
    expect.closeTo(straight.loss[0], 5),
    expect.closeTo(straight.loss[24], 5),
  ]);
  expect(distance).toBeCloseTo(straight.distance, 5);
  expect(movesStatistics).toBe(true);
  straight.alpha.forEach((alpha, k) => {
    const i = line!.alpha.findIndex((each) => Math.abs(each - alpha) < 1e-6);
    expect(line!.loss[i]).toBeCloseTo(straight.loss[k], 4);
  });
  expect(line!.barrier.height).toBeGreaterThan(straight.barrier.height - 1e-4);
  expect(line!.barrier.height).toBeLessThan(straight.barrier.height * 1.02);
  expect(line!.barrier.error).toBeGreaterThan(0);
  expect(matched!.distance / truth.matched.distance).toBeLessThan(1.02);
  expect(matched!.lossChange).toBeLessThan(1e-5);
  const loss = figures.find(({ id }) => id === 'loss')!;
  expect(loss.errors).toBe('paired');
  expect(loss.differences[1].value).toBeCloseTo(straight.loss[24] - straight.loss[0], 5);
  expect(stdout).toContain('There is a barrier of 2.2');
  expect(stdout).toMatch(/loss .* −0\.047 ± 0\.01/);

  // The matched model computes what the second does, and lies where the report says.
  const again = await ridgeline('compare', 'a.onnx', 'matched.onnx', ...FAST, '--output', 'again.json');
  expect(again.code).toBe(0);
  const saved = (await reportOf('again.json')).comparison!;
  expect(saved.distance).toBeCloseTo(matched!.distance, 4);
  expect(saved.models[1].loss).toBeCloseTo(models[1].loss, 5);
  expect(saved.line!.barrier.height).toBeCloseTo(matched!.line.barrier.height, 4);
});

test('finds the finished comparison again', async () => {
  const { stderr } = await ridgeline('compare', 'a.onnx', 'b.onnx', ...FAST, '--match');
  expect(stderr).toContain('Found the finished comparison');
});

test.each([
  [['compare', 'a.onnx'], 'needs two or more models'],
  [['compare', 'a.onnx', 'b.onnx', '--data', 'generated'], 'judged on its own answers'],
  [['compare', 'a.onnx', 'b.onnx', ...FAST, '--save-matched', 'b.onnx'], 'would overwrite a model'],
  [['compare', 'a.onnx', 'b.onnx', ...FAST, '--match', '--keep-statistics'], 'holds back'],
  [['analyze', 'a.onnx', '--match'], "Unknown option '--match'"],
])('%j is wrong input', async (args, what) => {
  const { code, stderr } = await ridgeline(...args);
  expect(stderr).toContain(what);
  expect(code).toBe(2);
});
