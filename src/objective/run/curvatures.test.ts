import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { node, sourceGraph, weights } from '../../../test/unit/sourceGraph';
import { npzFile } from '../../data/testing/npyFile';
import type { Tensor } from '../../graph/tensor';
import { tensor } from '../../graph/tensor';
import { rademacherVector, random } from '../../numerics/random';
import { mean } from '../../numerics/statistics';
import { dot, norm } from '../../numerics/vectors';
import { writeModel } from '../../onnx/write';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Objective, ProductKind, SampleCurvature } from '../objective';
import { openObjective } from '../open/openObjective';
import { withWeightDecay } from '../layers/weightDecay';

const fixture = (name: string, file: string) => resolve(__dirname, '../../../test/fixtures', name, file);
const KINDS: ProductKind[] = ['hessian', 'gaussNewton'];

async function opened<T>(model: string, options: AnalysisOptions, use: (of: Objective) => Promise<T>): Promise<T> {
  const { objective } = await openObjective(model, resolveOptions({ provider: 'cpu', ...options }));
  try {
    return await use(objective);
  } finally {
    await objective.dispose();
  }
}

const directions = ({ dim, theta }: Objective) => [theta, rademacherVector(dim, random(1, 'direction'))];

/** Compares the mean over samples with the same quantity computed by transposes, relative to the typical sample. */
function expectMean(values: Float64Array, expected: number): void {
  const typical = Math.sqrt(mean(Array.from(values, (v) => v * v)));
  expect(Math.abs(mean([...values]) - expected)).toBeLessThan(1e-5 * typical);
}

async function checkMeans(objective: Objective, kind: ProductKind): Promise<SampleCurvature[]> {
  const vectors = directions(objective);
  const found = await objective.curvatures(kind, vectors);
  const gradient = await objective.gradient();
  const products = await objective.products(kind, vectors);
  for (const [k, { slopes, curvatures }] of found.entries()) {
    expect([slopes.length, curvatures.length]).toEqual([objective.samples, objective.samples]);
    expectMean(slopes, dot(vectors[k], gradient));
    expectMean(curvatures, dot(vectors[k], products[k]));
  }
  return found;
}

// Fully connected, convolutional with pooling, residual, attention, recurrent; the last batch partly filled.
describe.each([
  ['mlp_digits', { batch: 400 }],
  ['lenet_fashion', { samples: 60, batch: 25 }],
  ['resnet_fashion', { samples: 40, batch: 40 }],
  ['vit_fashion', { samples: 30, batch: 20 }],
  ['lstm_fashion', { samples: 10, batch: 8 }],
] as [string, AnalysisOptions][])('slopes and curvatures of the samples of %s', (name, options) => {
  const open = (more: AnalysisOptions, use: (of: Objective) => Promise<void>) =>
    opened(fixture(name, 'model.onnx'), { data: fixture(name, 'data.npz'), ...options, ...more }, use);

  it.each(KINDS)('average to gᵀd and dᵀAd of the %s products', (kind) =>
    open({}, async (objective) => {
      const [whole] = await checkMeans(objective, kind);
      // Weight decay adds the same term to every sample.
      await checkMeans(withWeightDecay(objective, 0.5), kind);
      await open({ samples: 1, batch: 1 }, async (alone) => {
        const [first] = await alone.curvatures(kind, [alone.theta]);
        expect(first.slopes[0] / whole.slopes[0]).toBeCloseTo(1, 4);
        expect(first.curvatures[0] / whole.curvatures[0]).toBeCloseTo(1, 4);
      });
    }),
  );
});

describe('a loss per token, some tokens left out', () => {
  const [samples, length, classes] = [7, 5, 4];
  let folder: string;
  let model: string;
  const tokens = Array.from({ length: samples * length }, (_, i) => (i * 7 + (i % 3)) % classes);
  const targets = tokens.map((token, i) => (i % 4 === 1 ? -100 : (token + 1 + (i % 2)) % classes));
  const rows = (values: readonly number[], first: number, count: number): Tensor =>
    tensor('int64', [count, length], values.slice(first * length, (first + count) * length));
  const saved = async (first: number, count: number) => {
    const data = join(folder, `${first}-${count}.npz`);
    await writeFile(data, npzFile({ x: rows(tokens, first, count), target: rows(targets, first, count) }));
    return data;
  };
  const isMeant = (i: number) => targets.slice(i * length, (i + 1) * length).filter((t) => t !== -100).length;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridgeline-curvatures-'));
    model = join(folder, 'tokens.onnx');
    const graph = sourceGraph({
      nodes: [
        node('Gather', 'embedding x', 'e'),
        node('MatMul', 'e w1', 'h'),
        node('Tanh', 'h', 't'),
        node('MatMul', 't w2', 'logits'),
      ],
      initializers: {
        embedding: weights('embedding', [classes, 3]),
        w1: weights('w1', [3, 6]),
        w2: weights('w2', [6, classes]),
      },
      inputs: [{ name: 'x', dtype: 'int64', shape: ['batch', length] }],
    });
    const outputs = [{ name: 'logits', dtype: 'float32' as const, shape: ['batch', length, classes] }];
    await writeFile(model, writeModel({ graph: { ...graph, outputs }, opset: 17 }).bytes);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(KINDS)('is told sample by sample: %s', async (kind) => {
    const whole = await opened(model, { data: await saved(0, samples), batch: 3 }, (objective) =>
      checkMeans(objective, kind),
    );
    const perSample = targets.filter((t) => t !== -100).length / samples;
    for (const i of [0, 3, 6]) {
      const alone = await opened(model, { data: await saved(i, 1) }, (objective) =>
        objective.curvatures(kind, directions(objective)),
      );
      // Alone, a sample's mean is over its own tokens; in the data set, each sample weighs by its number of tokens.
      const share = isMeant(i) / perSample;
      for (const [k, { slopes, curvatures }] of alone.entries()) {
        expect(whole[k].slopes[i]).toBeCloseTo(share * slopes[0], 5);
        expect(whole[k].curvatures[i]).toBeCloseTo(share * curvatures[0], 5);
      }
    }
  });
});

it('the first batches are a mean over their samples', async () => {
  const open = <T>(options: AnalysisOptions, use: (of: Objective) => Promise<T>) =>
    opened(fixture('mlp_digits', 'model.onnx'), { data: fixture('mlp_digits', 'data.npz'), ...options }, use);
  const measure = async (objective: Objective) => {
    const [d] = directions(objective);
    const { loss, accuracy, standardError } = await objective.value();
    const batches: number[] = [];
    const gradient = await objective.gradient({ onBatch: (batch, count) => batches.push(norm(batch), count) });
    const [[product], [gauss]] = [
      await objective.products('hessian', [d]),
      await objective.products('gaussNewton', [d]),
    ];
    const [{ curvatures }] = await objective.curvatures('hessian', [d]);
    const [point] = await objective.plane(d, null, [{ alpha: 0.1, beta: 0 }]);
    const figures = [loss, accuracy, standardError, norm(gradient), norm(product), norm(gauss), mean([...curvatures])];
    return [objective.samples, ...figures, point.loss, point.accuracy, ...batches];
  };
  await open({ batch: 500 }, async (objective) => {
    expect(objective.preview(4)).toBeNull();
    const preview = objective.preview(2)!;
    const early = await measure(preview);
    await preview.dispose();
    const expected = await open({ batch: 500, samples: 1000 }, measure);
    early.forEach((value, i) => expect(value / expected[i]).toBeCloseTo(1, 5));
    // The full objective reuses what the preview has compiled and kept.
    const whole = await measure(objective);
    const afresh = await open({ batch: 500 }, measure);
    whole.forEach((value, i) => expect(value / afresh[i]).toBeCloseTo(1, 6));
  });
});
