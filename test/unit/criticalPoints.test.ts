import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze';
import type { AnalysisOptions, LossName } from '../../src/options/options';
import type { Report, Verdict } from '../../src/report/report';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { filled, floats, node, weights } from './sourceGraph';

/*
 * Points whose kind is known in closed form, through the whole analysis. Each is judged at three seeds, because ways out
 * are tried in random directions.
 */

const OPTIONS: AnalysisOptions = { provider: 'cpu', threads: 1, line: [], plane: [] };
const SAMPLES = 8;

let folder = '';
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'ridgeline-points-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function analysed(
  parts: GraphParts,
  data: Parameters<typeof modelFile>[2],
  options: AnalysisOptions,
): Promise<Report> {
  const files = await modelFile(folder, parts, data);
  return analyze(files.model, { ...OPTIONS, ...options, data: files.data });
}

const verdictOf = ({ diagnostics }: Report, id: string) => diagnostics.find((finding) => finding.id === id)?.verdict;

/** L(a, b) as nodes that compute `loss` from a, b and the constants c0, c1, …; the same for every sample. */
interface LossOfTwo {
  at: readonly [number, number];
  nodes: GraphParts['nodes'];
  constants?: readonly number[];
}

function functionOfTwo({ at: [a, b], nodes, constants = [] }: LossOfTwo): GraphParts {
  const named = constants.map((value, i) => [`c${i}`, floats([value])]);
  return {
    nodes: [...nodes, node('Mul', 'loss x', 'y')],
    initializers: { a: floats([a]), b: floats([b]), ...Object.fromEntries(named) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1] }],
  };
}

const square = (of: string, to: string) => node('Mul', `${of} ${of}`, to);

describe.each([0, 1, 2])('with seed %i', (seed) => {
  it.each<[string, LossOfTwo, Record<string, readonly (Verdict | undefined)[]>]>([
    [
      '10 − a² − 2b² at 0: a strict maximum',
      {
        at: [0, 0],
        constants: [10, 2],
        nodes: [
          square('a', 'aa'),
          square('b', 'bb'),
          node('Mul', 'bb c1', 'twice'),
          node('Sub', 'c0 aa', 'one'),
          node('Sub', 'one twice', 'loss'),
        ],
      },
      { 'critical-point': ['present'], maximum: ['present'], saddle: ['absent'], minimum: ['absent'] },
    ],
    [
      '1 + a² + b⁴ at 0: a minimum with a flat direction',
      {
        at: [0, 0],
        constants: [1],
        nodes: [
          square('a', 'aa'),
          square('b', 'bb'),
          square('bb', 'bbbb'),
          node('Add', 'aa bbbb', 'sum'),
          node('Add', 'sum c0', 'loss'),
        ],
      },
      { 'critical-point': ['present'], minimum: ['present'], saddle: ['inconclusive', 'absent'], maximum: ['absent'] },
    ],
    [
      '1 + a² + b³ at 0: it falls at third order',
      {
        at: [0, 0],
        constants: [1],
        nodes: [
          square('a', 'aa'),
          square('b', 'bb'),
          node('Mul', 'bb b', 'bbb'),
          node('Add', 'aa bbb', 'sum'),
          node('Add', 'sum c0', 'loss'),
        ],
      },
      { 'critical-point': ['present'], minimum: ['absent', 'inconclusive'], saddle: ['present', 'inconclusive'] },
    ],
    [
      '1 + a² − b⁴ at 0: it falls at fourth order',
      {
        at: [0, 0],
        constants: [1],
        nodes: [
          square('a', 'aa'),
          square('b', 'bb'),
          square('bb', 'bbbb'),
          node('Sub', 'aa bbbb', 'sum'),
          node('Add', 'sum c0', 'loss'),
        ],
      },
      { 'critical-point': ['present'], minimum: ['absent', 'inconclusive'], saddle: ['present', 'inconclusive'] },
    ],
    [
      // λ_max·‖θ‖·2⁻²⁴ = 600 is larger than ‖g‖ = 1.
      'a + 5e5·b² at (10⁴, 0): a slope beside a steep wall',
      {
        at: [1e4, 0],
        constants: [5e5],
        nodes: [square('b', 'bb'), node('Mul', 'bb c0', 'wall'), node('Add', 'a wall', 'loss')],
      },
      { 'critical-point': ['absent'], minimum: ['absent'], saddle: ['absent'] },
    ],
  ])('judges %s', async (_, loss, expected) => {
    const report = await analysed(
      functionOfTwo(loss),
      { x: filled([SAMPLES, 1], 1) },
      {
        loss: 'output',
        parameters: ['a', 'b'],
        seed,
      },
    );
    for (const [id, verdicts] of Object.entries(expected)) expect(verdicts, id).toContain(verdictOf(report, id));
  });

  it('judges the origin of a linear network of four layers: it falls at fourth order', async () => {
    const names = ['w1', 'w2', 'w3', 'w4'];
    const report = await analysed(
      {
        nodes: names.map((name, i) => node('MatMul', `${i === 0 ? 'x' : `h${i}`} ${name}`, `h${i + 1}`)),
        initializers: Object.fromEntries(names.map((name) => [name, filled([4, 4], 0)])),
      },
      { x: weights('x', [32, 4]), target: weights('t', [32, 4]) },
      { loss: 'mse', parameters: names, seed },
    );
    expect(verdictOf(report, 'critical-point')).toBe('present');
    expect(verdictOf(report, 'minimum')).not.toBe('present');
    expect(verdictOf(report, 'saddle')).not.toBe('absent');
  });

  it.each<[string, number]>([
    ['interpolating weights', 0],
    ['weights close to interpolating ones', 1e-5],
  ])('judges %s critical, however large their relative decrease', async (_, offset) => {
    const w = weights('w', [4, 1]);
    const x = weights('x', [SAMPLES, 4]);
    const target = Float32Array.from({ length: SAMPLES }, (_, i) =>
      [0, 1, 2, 3].reduce((sum, k) => sum + Number(x.data[4 * i + k]) * Number(w.data[k]), offset),
    );
    const report = await analysed(
      { nodes: [node('MatMul', 'x w', 'y')], initializers: { w } },
      { x, target: { dtype: 'float32', shape: [SAMPLES, 1], data: target } },
      { loss: 'mse' satisfies LossName, seed },
    );
    expect(verdictOf(report, 'critical-point')).toBe('present');
    expect(verdictOf(report, 'minimum')).toBe('present');
  });
});
