import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze';
import { verify } from '../../src/analysis/verify';
import { UserError } from '../../src/errors';
import type { AnalysisOptions } from '../../src/options/options';
import { checksThat } from '../../src/report/checkState';
import type { Check } from '../../src/report/sections/checks';
import { modelFile } from './modelFile';
import { floats, ints, node, weights } from './sourceGraph';

/*
 * Models whose derivatives are right but hard to check. No self-check may call them wrong.
 * `npm run checks -- FOLDER` does the same for whole folders.
 */

const OPTIONS: AnalysisOptions = { provider: 'cpu', threads: 1, preset: 'quick' };
const names = (checks: readonly Check[]) => checks.map(({ name }) => name);

async function checksOf(model: string, options: AnalysisOptions): Promise<Check[]> {
  const report = await analyze(model, { ...options, only: ['loss', 'gradient', 'spectrum', 'ggn'] });
  expect(report.warnings.filter((warning) => warning.includes('Self-check'))).toEqual([]);
  return [...(await verify(model, options)), ...(report.checks ?? [])];
}

describe('reported models', () => {
  it.each<[string, Partial<AnalysisOptions>, boolean]>([
    // Here all three directions of differences lie below what a loss of 4.7e-16 resolves.
    ['saturated_ce', {}, false],
    ['selfcheck-false-alarm', {}, true],
    ['hardsigmoid-bce-selfcheck-nan', { loss: 'bce' }, true],
    ['verify_step_too_long', {}, true],
    ['log_of_clip', {}, true],
  ])('%s has no failed check', async (name, options, judged) => {
    const folder = new URL(`../fixtures/cases/${name}/`, import.meta.url).pathname;
    const checks = await checksOf(join(folder, 'model.onnx'), {
      ...OPTIONS,
      data: join(folder, 'data.npz'),
      ...options,
    });
    expect(names(checksThat('failed', checks))).toEqual([]);
    if (judged) expect(names(checksThat('unjudged', checks))).toEqual([]);
  });
});

describe('no check fails on a correct model', () => {
  let folder = '';
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'ridgeline-alarms-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const N = 8;
  const x = weights('inputs', [N, 4]);
  const labels = (of: (i: number) => number) => ints(Array.from({ length: N }, (_, i) => of(i)));
  const w = weights('layer', [4, 4], 0.7);
  const v = weights('head', [4, 2]);
  const layer = [node('MatMul', 'x w', 'h'), node('Relu', 'h', 'r'), node('MatMul', 'r v', 'z')];

  it.each([5, 12, 20, 28, 36, 44, 60, 90])('that classifies with a margin of %i', async (margin) => {
    const nodes = [...layer, node('Add', 'z b', 'y')];
    const parts = { nodes, initializers: { w, v, b: floats([margin, 0]) } };
    const files = await modelFile(folder, parts, { x, target: labels(() => 0) });
    const checks = await checksOf(files.model, { ...OPTIONS, data: files.data, loss: 'cross_entropy' });
    expect(names(checksThat('failed', checks))).toEqual([]);
  });

  it.each([1e-4, 1e-2, 1, 100, 1e4])('whose inputs and weights have opposite scales: %d', async (scale) => {
    const scaled = (of: typeof x, by: number) => ({
      ...of,
      data: (of.data as Float32Array).map((value) => value * by),
    });
    const nodes = [node('MatMul', 'x w', 'h'), node('Tanh', 'h', 'r'), node('MatMul', 'r v', 'y')];
    const parts = { nodes, initializers: { w: scaled(w, 1 / scale), v } };
    const files = await modelFile(folder, parts, { x: scaled(x, scale), target: labels((i) => i % 2) });
    const checks = await checksOf(files.model, { ...OPTIONS, data: files.data, loss: 'cross_entropy' });
    expect(names(checksThat('failed', checks))).toEqual([]);
    expect(names(checksThat('unjudged', checks))).toEqual([]);
  });

  it.each([
    ['Sqrt', [node('Mul', 'z z', 's'), node('Sqrt', 's', 'y')]],
    ['Log of a small sum', [node('Mul', 'z z', 's'), node('Add', 's tiny', 'p'), node('Log', 'p', 'y')]],
    ['Acos of nearly one', [node('Tanh', 'z', 's'), node('Mul', 's nearly', 't'), node('Acos', 't', 'y')]],
    ['Pow of a fraction', [node('Mul', 'z z', 's'), node('Add', 's tiny', 'p'), node('Pow', 'p third', 'y')]],
    ['a quotient by a small number', [node('Mul', 'z z', 's'), node('Add', 's tiny', 'p'), node('Div', 'z p', 'y')]],
  ])('with %s, close to a pole or the end of its domain', async (_, tail) => {
    const constants = { tiny: floats([1e-6]), nearly: floats([0.99999]), third: floats([0.3333]) };
    const read = new Set(tail.flatMap(({ inputs }) => inputs));
    const used = Object.fromEntries(Object.entries(constants).filter(([name]) => read.has(name)));
    const parts = { nodes: [...layer, ...tail], initializers: { w, v, ...used } };
    const files = await modelFile(folder, parts, { x, target: weights('answers', [N, 2]) });
    const checks = await checksOf(files.model, { ...OPTIONS, data: files.data, loss: 'mse' });
    expect(names(checksThat('failed', checks))).toEqual([]);
  });

  it('unless its loss is NaN, which is refused rather than checked', async () => {
    const nodes = [...layer, node('Neg', 'z', 'n'), node('Log', 'n', 'y')];
    const files = await modelFile(folder, { nodes, initializers: { w, v } }, { x, target: weights('answers', [N, 2]) });
    const refused = verify(files.model, { ...OPTIONS, data: files.data, loss: 'mse' });
    await expect(refused).rejects.toBeInstanceOf(UserError);
  });
});
