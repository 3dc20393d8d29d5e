import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serialize } from 'node:v8';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { filled, floats, ints, node, weights } from '../../../test/unit/sourceGraph';
import type { Objective } from '../../objective/objective';
import { openObjective } from '../../objective/open/openObjective';
import type { OpenedObjective } from '../../objective/open/openedObjective';
import type { OnnxObjective } from '../../objective/run/onnxObjective';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { gangHere } from './testing/gangHere';

/** Relative tolerance. Each sum over a shard is rounded to float32 before the shards are added. */
const SAME = 1e-6;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-sharded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Case = [name: string, data: () => Promise<{ model: string; data: string }>, options: AnalysisOptions];

const N = 11;
const X = weights('inputs', [N, 4]);
const TOKENS = weights('tokens', [N, 3, 4]);
const labels = (count: number) => ints(Array.from({ length: count }, (_, i) => (i * 7) % 3));
const WEIGHTS = floats([1, 3, 0.5, 2, 1, 4, 2, 1, 1, 2.5, 1]);

const network: GraphParts = {
  nodes: [node('MatMul', 'x w', 'h'), node('Tanh', 'h', 'a'), node('MatMul', 'a v', 'y')],
  initializers: { w: weights('w', [4, 6]), v: weights('v', [6, 3]) },
};
const tokens: GraphParts = { ...network, inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 3, 4] }] };
const normalized: GraphParts = {
  nodes: [
    node('MatMul', 'x w', 'h'),
    node('BatchNormalization', 'h s b m u', 'n rm ru', { training_mode: 1 }),
    node('Tanh', 'n', 'a'),
    node('MatMul', 'a v', 'y'),
  ],
  initializers: {
    ...network.initializers,
    s: filled([6], 1),
    b: filled([6], 0),
    m: filled([6], 0),
    u: filled([6], 1),
  },
};
const tokenLabels = labels(3 * N);
(tokenLabels.data as BigInt64Array)[4] = -100n;
(tokenLabels.data as BigInt64Array)[20] = -100n;

const made = (parts: GraphParts, data: Parameters<typeof modelFile>[2]) => () => modelFile(folder, parts, data);
const fixture = (name: string) => () => {
  const file = (part: string) => resolve(__dirname, '../../../test/fixtures', name, part);
  return Promise.resolve({ model: file('model.onnx'), data: file('data.npz') });
};

const CASES: Case[] = [
  ['classes, the last batch not full', made(network, { x: X, target: labels(N) }), { batch: 2 }],
  ['squares with R²', made(network, { x: X, target: weights('t', [N, 3]) }), { batch: 2 }],
  [
    'samples with weights',
    made(network, { x: X, target: weights('t', [N, 3]), w_i: WEIGHTS }),
    { batch: 2, sampleWeights: 'w_i' },
  ],
  [
    'classes with weights',
    made(network, { x: X, target: labels(N), w_i: WEIGHTS }),
    { batch: 3, sampleWeights: 'w_i' },
  ],
  [
    'tokens that do not all count',
    made(tokens, { x: TOKENS, target: { ...tokenLabels, shape: [N, 3] } }),
    { batch: 2 },
  ],
  ['samples that affect each other', made(normalized, { x: X, target: labels(N) }), { batch: 2 }],
  ['a convolutional network', fixture('lenet_fashion'), { samples: 22, batch: 4 }],
];

const wave = ({ dim }: Objective, phase: number) => Float32Array.from({ length: dim }, (_, i) => Math.sin(i + phase));

/** Everything that an objective answers, by name. */
async function answers(objective: Objective): Promise<Record<string, unknown>> {
  const [a, b] = [wave(objective, 1), wave(objective, 2)];
  const at = { d1: a, d2: b, alpha: 0.01, beta: -0.02 };
  const points = Array.from({ length: 19 }, (_, i) => ({ alpha: (i - 9) / 100, beta: i / 200 }));
  const perBatch: number[] = [];
  const told: number[] = [];
  const gradient = await objective.gradient({ onBatch: (own, count) => perBatch.push(count, ...own.slice(0, 9)) });
  const preview = objective.preview(3)!;
  return {
    samples: objective.samples,
    value: await objective.value(),
    valueAt: await objective.value({ at }),
    gradient,
    gradientAlone: await objective.gradient(),
    gradientAt: await objective.gradient({ at }),
    perBatch,
    products: await objective.products('hessian', [a, b]),
    gaussNewton: await objective.products('gaussNewton', [b]),
    productsAt: await objective.products('hessian', [a], { at }),
    nudged: await objective.products('hessian', [a], { nudge: 7 }),
    curvatures: await objective.curvatures('hessian', [a, b]),
    curvaturesAt: await objective.curvatures('gaussNewton', [a], { at }),
    perSample: await objective.perSample(),
    deviations: await objective.deviations(gradient, 7),
    inside: await objective.inside(),
    plane: await objective.plane(a, b, points, { onPoint: (index, { loss }) => told.push(index, loss) }),
    told,
    piece: await objective.plane(a, null, points.slice(0, 2), { piece: true }),
    preview: await preview.value(),
    previewSamples: preview.samples,
    previewedProducts: await preview.products('hessian', [a]),
    previewedCurvatures: await preview.curvatures('hessian', [a]),
    beyond: objective.preview(100),
  };
}

/** Flattens an answer to numbers, with the place of each. */
function numbersIn(value: unknown, place = ''): [string, number][] {
  if (typeof value === 'number') return [[place, value]];
  if (value === null || typeof value !== 'object') return [[`${place}=${JSON.stringify(value)}`, 0]];
  return Object.entries(value).flatMap(([key, item]) => numbersIn(item, `${place}.${key}`));
}

/** Each number agrees relative to the largest of its list. */
function expectSame(found: unknown, expected: unknown, name: string): void {
  const [own, truth] = [numbersIn(found, name), numbersIn(expected, name)];
  // As one text each, since there are hundreds of thousands of places.
  expect(own.map(([place]) => place).join('\n')).toBe(truth.map(([place]) => place).join('\n'));
  const isList = Array.isArray(expected) || ArrayBuffer.isView(expected);
  const size = Math.max(...truth.map(([, value]) => Math.abs(value) || 0), 1e-12);
  const off = own.filter(([, value], i) => {
    const [, right] = truth[i];
    if (Number.isNaN(right)) return !Number.isNaN(value);
    return !(Math.abs(value - right) <= SAME * (isList ? size : Math.max(Math.abs(right), 1e-3)));
  });
  expect(off).toEqual([]);
}

/** All bits of an answer. */
const bits = (value: unknown) => createHash('sha256').update(serialize(value)).digest('hex');

describe.each(CASES)('shards of %s', (_, files, options) => {
  let opened: OpenedObjective | null = null;
  afterEach(() => opened?.objective.dispose());

  it('answer what the whole answers, with the same bits for any number of ranks', async () => {
    const { model, data } = await files();
    opened = await openObjective(model, resolveOptions({ data, provider: 'cpu', threads: 1, ...options }));
    const whole = opened.objective as OnnxObjective;
    const { batches } = opened;
    const expected = await answers(whole);
    const once = await answers(gangHere(whole, { batches, shards: 4, ranks: 1 }));
    for (const [name, answer] of Object.entries(expected)) expectSame(once[name], answer, name);
    for (const ranks of [2, 3, 4])
      expect(bits(await answers(gangHere(whole, { batches, shards: 4, ranks })))).toBe(bits(once));
    // One shard is the whole.
    expect(bits(await answers(gangHere(whole, { batches, shards: 1, ranks: 1 })))).toBe(bits(expected));
  });
});

it('stops with the reason of a shard that fails', async () => {
  const { model, data } = await modelFile(folder, network, { x: X, target: labels(N) });
  const { objective, batches } = await openObjective(
    model,
    resolveOptions({ data, provider: 'cpu', threads: 1, batch: 2 }),
  );
  try {
    const whole = objective as OnnxObjective;
    const broken = {
      ...whole,
      shard: (...asked: Parameters<OnnxObjective['shard']>) =>
        asked[0] === 0
          ? whole.shard(...asked)
          : { ...whole.shard(...asked), products: () => Promise.reject(new Error('out of memory')) },
    };
    const gang = gangHere(broken, { batches, shards: 2, ranks: 2 });
    await expect(gang.products('hessian', [wave(gang, 1)])).rejects.toThrow('out of memory');
    expect((await gang.value()).loss).toBeCloseTo((await whole.value()).loss, 6);
    const stopped = new AbortController();
    stopped.abort();
    await expect(gang.value({ signal: stopped.signal })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }) as Error,
    );
  } finally {
    await objective.dispose();
  }
});
