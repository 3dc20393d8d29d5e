import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { floats, ints, node, weights } from '../../../test/unit/sourceGraph';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Objective, SampleAnswers } from '../objective';
import { openObjective } from '../open/openObjective';

const fixture = (name: string, file: string) => resolve(__dirname, '../../../test/fixtures', name, file);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-per-sample-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opened<T>(model: string, options: AnalysisOptions, use: (of: Objective) => Promise<T>): Promise<T> {
  const { objective } = await openObjective(model, resolveOptions({ provider: 'cpu', threads: 1, ...options }));
  try {
    return await use(objective);
  } finally {
    await objective.dispose();
  }
}

const weighted = (values: Float64Array, shares: Float64Array) =>
  values.reduce((sum, value, i) => sum + value * shares[i], 0);
const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** Checks that means over the samples are the loss and the accuracy that the objective computes by sums in the graph. */
function expectMeans({ losses, shares, classes }: SampleAnswers, value: { loss: number; accuracy: number }): void {
  expect(weighted(losses, shares) / value.loss).toBeCloseTo(1, 6);
  expect(total(shares)).toBeCloseTo(1, 12);
  expect(classes === null).toBe(Number.isNaN(value.accuracy));
  if (!classes) return;
  expect(1 - weighted(classes.errors, shares)).toBeCloseTo(value.accuracy, 9);
  expect(total(classes.bins.weights)).toBeCloseTo(1, 9);
  expect(total(classes.bins.right)).toBeCloseTo(value.accuracy, 9);
}

describe('losses and answers of the samples', () => {
  it.each([
    ['mlp_digits', { samples: 70, batch: 32 }],
    ['lenet_fashion', { samples: 25, batch: 10 }],
    ['linear_illconditioned', { batch: 64 }],
  ] as [string, AnalysisOptions][])('average to the loss and the accuracy: %s', (name, options) =>
    opened(fixture(name, 'model.onnx'), { data: fixture(name, 'data.npz'), ...options }, async (objective) => {
      const answers = (await objective.perSample())!;
      expect(answers.losses).toHaveLength(objective.samples);
      expectMeans(answers, await objective.value());
      const at = { d1: objective.theta, d2: null, alpha: 0.1, beta: 0 };
      const moved = (await objective.perSample({ at }))!;
      expectMeans(moved, await objective.value({ at }));
      expect(moved.losses).not.toEqual(answers.losses);
    }),
  );

  it.each(['mislabelled', 'clean_labels'])('have the calibration error of float64: %s', (name) =>
    opened(fixture(`troubles/${name}`, 'model.onnx'), { data: fixture(`troubles/${name}`, 'data.npz') }, async (of) => {
      const truth = JSON.parse(readFileSync(fixture(`troubles/${name}`, 'truth.json'), 'utf8')) as {
        surrogate: { ece_15_bins: number };
      };
      const { bins } = (await of.perSample())!.classes!;
      const error = bins.right.reduce((sum, right, m) => sum + Math.abs(right - bins.confidence[m]), 0);
      expect(error / truth.surrogate.ece_15_bins).toBeCloseTo(1, 4);
    }),
  );
});

describe('where samples differ', () => {
  const [samples, length, classes] = [5, 3, 4];
  const tokens: GraphParts = {
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', length, 2] }],
    nodes: [node('MatMul', 'x w', 'y')],
    initializers: { w: weights('w', [2, classes]) },
    outputs: ['y'],
  };
  const labels = [0, 1, -100, 2, -100, -100, 3, 1, 0, 2, 0, -100, 1, 3, 1];
  const data = {
    x: weights('x', [samples, length, 2]),
    target: ints(labels, [samples, length]),
    w: floats([1, 2, 1, 0.5, 3], [samples]),
  };

  it('leaves positions without a target out, and weighs samples', async () => {
    const { model, data: file } = await modelFile(folder, tokens, data);
    for (const options of [{}, { sampleWeights: 'w' }]) {
      const asked: AnalysisOptions = { data: file, loss: 'cross_entropy', batch: 2, target: 'target', ...options };
      await opened(model, asked, async (objective) => {
        const answers = (await objective.perSample())!;
        expectMeans(answers, await objective.value());
        const { bins, confidence } = answers.classes!;
        expect(total(bins.counts)).toBe(labels.filter((label) => label >= 0).length);
        expect([...confidence].every((p) => p >= 1 / classes && p <= 1)).toBe(true);
      });
    }
  });

  it('takes the surer of yes and no as the answer of a binary model', async () => {
    const parts: GraphParts = {
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 1] }],
      nodes: [node('MatMul', 'x w', 'y')],
      initializers: { w: floats([1], [1, 1]) },
      outputs: ['y'],
    };
    const logits = [-2, 3, 0.5, -40];
    const file = await modelFile(folder, parts, {
      x: floats(logits, [4, 1]),
      target: floats([0, 1, 0, 1], [4, 1]),
    });
    await opened(file.model, { data: file.data, loss: 'bce_with_logits' }, async (objective) => {
      const answers = (await objective.perSample())!;
      expectMeans(answers, await objective.value());
      expect([...answers.classes!.errors]).toEqual([0, 0, 1, 1]);
      // σ(2), σ(3), σ(½), σ(40)
      const expected = [0.880797078, 0.9525741268, 0.6224593312, 1];
      [...answers.classes!.confidence].forEach((p, i) => expect(p).toBeCloseTo(expected[i], 9));
      expect(answers.losses[3]).toBeCloseTo(40, 6);
    });
  });
});
