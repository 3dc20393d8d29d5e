import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { floats, ints, node, weights } from '../../../test/unit/sourceGraph';
import { overSamples } from '../../analysis/checks/checks';
import { keptRows } from '../../data/sampleWeights';
import type { Tensor } from '../../graph/tensor';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Objective } from '../objective';
import type { OpenedObjective } from './openedObjective';
import { openObjective } from './openObjective';

/** Weight of each of seven samples. */
const COUNTS = [1, 3, 0, 2, 1, 4, 2];
const X = weights('inputs', [COUNTS.length, 4]);
const LABELS = [0, 2, 1, 1, 2, 0, 1];
const TOKENS = weights('tokens', [COUNTS.length, 3, 4]);
const TOKEN_LABELS = [0, 1, -100, 2, -100, -100, 1, 1, 0, 2, 0, -100, 1, 1, 1, -100, 0, 2, 2, -100, 1];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-weights-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const linear: GraphParts = {
  nodes: [node('MatMul', 'x w', 'y')],
  initializers: { w: weights('w', [4, 3]) },
};

async function opened<T>(
  parts: GraphParts,
  data: Record<string, Tensor>,
  options: AnalysisOptions,
  use: (objective: Objective, facts: OpenedObjective) => Promise<T>,
): Promise<T> {
  const files = await modelFile(folder, parts, data);
  const asked = resolveOptions({ data: files.data, provider: 'cpu', threads: 1, ...options });
  const facts = await openObjective(files.model, asked);
  try {
    return await use(facts.objective, facts);
  } finally {
    await facts.objective.dispose();
  }
}

async function figures(objective: Objective, facts: OpenedObjective): Promise<Record<string, ArrayLike<number>>> {
  const v = Float32Array.from({ length: objective.dim }, (_, i) => Math.sin(i + 1));
  const { loss, accuracy } = await objective.value();
  const [curvature] = await objective.curvatures('hessian', [v]);
  return {
    value: [loss, accuracy, facts.chanceLoss ?? NaN],
    gradient: await objective.gradient(),
    product: (await objective.products('hessian', [v]))[0],
    gaussNewton: (await objective.products('gaussNewton', [v]))[0],
    moved: (await objective.plane(v, null, [{ alpha: 0.5, beta: 0 }])).flatMap((p) => [p.loss, p.accuracy]),
    forward: [overSamples(curvature.slopes).value, overSamples(curvature.curvatures).value],
  };
}

/** Repeats every sample as often as its weight says. */
function repeated({ dtype, shape, data }: Tensor): Tensor {
  const size = data.length / shape[0];
  const order = COUNTS.flatMap((count, i) => Array.from({ length: count }, () => i));
  const values = order.flatMap((i) => Array.from(data.subarray(i * size, (i + 1) * size) as Float32Array));
  const make = dtype === 'int64' ? ints : floats;
  return make(values.map(Number), [order.length, ...shape.slice(1)]);
}

const inner = (reduction: string): GraphParts => ({
  ...linear,
  inputs: [
    { name: 'x', dtype: 'float32', shape: ['n', 4] },
    { name: 'labels', dtype: 'int64', shape: ['n'] },
  ],
  nodes: [node('MatMul', 'x w', 'z'), node('SoftmaxCrossEntropyLoss', 'z labels', 'y', { reduction, ignore_index: 1 })],
});

const tokens: GraphParts = { ...linear, inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 3, 4] }] };

describe.each([
  ['cross-entropy', linear, { x: X, target: ints(LABELS) }, {}],
  ['squares', linear, { x: X, target: weights('t', [COUNTS.length, 3]) }, {}],
  ['tokens that do not all count', tokens, { x: TOKENS, target: ints(TOKEN_LABELS, [COUNTS.length, 3]) }, {}],
  ['a mean inside the graph', inner('mean'), { x: X, labels: ints(LABELS) }, { loss: 'output' }],
  ['a sum inside the graph', inner('sum'), { x: X, labels: ints(LABELS) }, { loss: 'output' }],
] as [string, GraphParts, Record<string, Tensor>, AnalysisOptions][])(
  'weights of samples: %s',
  (_, parts, data, options) => {
    it.each([7, 3])('give the figures of samples that are there so often, in batches of %i', async (batch) => {
      const weighed = { ...data, w_i: floats(COUNTS) };
      const found = await opened(parts, weighed, { ...options, batch, sampleWeights: 'w_i' }, figures);
      const many = Object.fromEntries(Object.entries(data).map(([name, tensor]) => [name, repeated(tensor)]));
      const expected = await opened(parts, many, options, figures);
      for (const [name, values] of Object.entries(expected)) {
        const size = Math.max(...Array.from(values, (v) => (Number.isNaN(v) ? 0 : Math.abs(v))));
        for (const [i, value] of Array.from(values).entries()) {
          if (Number.isNaN(value)) expect(found[name][i], name).toBeNaN();
          else expect(Math.abs(found[name][i] - value) / (size || 1), `${name} ${i}`).toBeLessThan(1e-5);
        }
      }
    });
  },
);

describe('weights of samples', () => {
  const data = { x: X, target: weights('t', [COUNTS.length, 3]), sample_weight: floats(COUNTS) };

  it('give the standard error of a weighted mean, to loss and curvatures alike', async () => {
    const some = COUNTS.map((count) => count / 13);
    const kept = some.filter((share) => share > 0);
    const w = linear.initializers.w.data as Float32Array;
    const [x, t] = [data.x, data.target].map((tensor) => keptRows(tensor, Float64Array.from(COUNTS)));
    const losses = kept.map((_, i) => {
      let loss = 0;
      for (let o = 0; o < 3; o++) {
        let z = 0;
        for (let k = 0; k < 4; k++) z += Number(x.data[i * 4 + k]) * w[k * 3 + o];
        loss += (z - Number(t.data[i * 3 + o])) ** 2 / 3;
      }
      return loss;
    });
    const mean = losses.reduce((sum, loss, i) => sum + kept[i] * loss, 0);
    const square = losses.reduce((sum, loss, i) => sum + kept[i] ** 2 * (loss - mean) ** 2, 0);
    await opened(linear, data, { sampleWeights: 'sample_weight', batch: 3 }, async (objective) => {
      const { loss, standardError } = await objective.value();
      expect(loss).toBeCloseTo(mean, 5);
      expect(standardError).toBeCloseTo(Math.sqrt((6 / 5) * square), 5);
      expect(objective.samples).toBe(6);
      // The sampling error of the gradient reads the mean gradient of each batch and the number of samples it stands
      // for.
      const counts: number[] = [];
      const total = new Float64Array(objective.dim);
      const gradient = await objective.gradient({
        onBatch: (part, samples) => {
          counts.push(samples);
          part.forEach((value, i) => (total[i] += (samples / 6) * value));
        },
      });
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(6, 9);
      for (const [i, value] of gradient.entries()) expect(total[i]).toBeCloseTo(value, 5);
      const preview = objective.preview(1)!;
      const first = [1, 3, 2].reduce((sum, weight, i) => sum + (weight / 6) * losses[i], 0);
      expect((await preview.value()).loss).toBeCloseTo(first, 5);
    });
  });

  it('that are all one change nothing', async () => {
    const ones = { ...data, sample_weight: floats(COUNTS.map(() => 1)) };
    const measure = (options: AnalysisOptions) =>
      opened(linear, ones, { batch: 3, ...options }, async (objective, facts) => {
        const { standardError } = await objective.value();
        const v = objective.theta;
        const [{ curvatures }] = await objective.curvatures('hessian', [v]);
        return [
          standardError,
          overSamples(curvatures).standardError ?? NaN,
          ...Object.values(await figures(objective, facts)).flatMap((f) => Array.from(f)),
        ];
      });
    const [weighed, plain] = [await measure({ sampleWeights: 'sample_weight' }), await measure({})];
    for (const [i, value] of plain.entries()) {
      if (!Number.isNaN(value)) expect(weighed[i]).toBeCloseTo(value, 5);
    }
  });

  it('that nobody asked for are told', async () => {
    const { notes } = await opened(linear, data, {}, async (_, facts) => facts);
    expect(notes.join(' ')).toMatch(/«sample_weight» is not used.*--sample-weights sample_weight/);
  });

  it.each([
    ['a negative one', [1, -1, 1, 1, 1, 1, 1], /The weight of sample 1 .* is −1/],
    ['NaN', [1, 1, NaN, 1, 1, 1, 1], /The weight of sample 2 .* is NaN/],
    ['infinity', [1, 1, 1, Infinity, 1, 1, 1], /The weight of sample 3/],
    ['nothing but zeros', [0, 0, 0, 0, 0, 0, 0], /Every weight .* is zero/],
    ['too few', [1, 1, 1], /3 weights for 7 samples/],
  ])('are refused with %s', async (_, values, message) => {
    const bad = { ...data, sample_weight: floats(values) };
    const asked = opened(linear, bad, { sampleWeights: 'sample_weight' }, async () => null);
    await expect(asked).rejects.toThrow(message);
  });

  it('are refused where the data hold none of that name', async () => {
    const asked = opened(linear, data, { sampleWeights: 'importance' }, async () => null);
    await expect(asked).rejects.toThrow(/no weights «importance»/);
  });
});
