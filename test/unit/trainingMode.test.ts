import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/analysis/verify';
import type { SourceNode } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { scalar } from '../../src/graph/tensor';
import { withoutDropout } from '../../src/model/trainingMode';
import { openObjective } from '../../src/objective/open/openObjective';
import { wholeBatchSize } from '../../src/objective/open/wholeBatches';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { filled, ints, node, sourceGraph, weights } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-training-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const labels = (count: number) => ints(Array.from({ length: count }, (_, i) => (i * 7) % 3));
const data = { x: weights('x', [7, 4]), target: labels(7) };
const rows = (t: Tensor, from: number, count: number): Tensor => {
  const size = t.data.length / t.shape[0];
  return { ...t, shape: [count, ...t.shape.slice(1)], data: t.data.slice(from * size, (from + count) * size) };
};

async function measured(parts: GraphParts, given: Readonly<Record<string, Tensor>>, options: AnalysisOptions = {}) {
  const files = await modelFile(folder, parts, given);
  const opened = await openObjective(
    files.model,
    resolveOptions({ data: files.data, provider: 'cpu', threads: 1, ...options }),
  );
  try {
    const { loss } = await opened.objective.value();
    return { loss, samples: opened.objective.samples, batch: opened.batchSize, notes: opened.notes.join('\n') };
  } finally {
    await opened.objective.dispose();
  }
}

describe('Dropout', () => {
  const parts = (inputs: string | null): GraphParts => ({
    nodes: [
      node('Gemm', 'x w b', 'h'),
      inputs === null ? node('Identity', 'h', 'd') : node('Dropout', inputs, 'd mask'),
      node('Gemm', 'd v c', 'y'),
    ],
    initializers: {
      w: weights('w', [4, 5]),
      b: weights('b', [5]),
      v: weights('v', [5, 3]),
      c: weights('c', [3]),
      ratio: scalar('float32', 0.5),
      none: scalar('float32', 0),
      yes: scalar('bool', 1),
      no: scalar('bool', 0),
    },
  });

  it('in training mode is the identity, and the report says that no mask is drawn', async () => {
    const plain = await measured(parts(null), data);
    const trained = await measured(parts('h ratio yes'), data);
    expect(trained.loss).toBe(plain.loss);
    expect(trained.notes).toMatch(/1 Dropout node draws at random.*identity.*deterministic network/);
    const checks = await verify(join(folder, 'model.onnx'), { data: join(folder, 'data.npz'), provider: 'cpu' });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('that would drop nothing gives no warning', async () => {
    for (const inputs of ['h', 'h ratio', 'h ratio no', 'h none yes']) {
      expect((await measured(parts(inputs), data)).notes, inputs).not.toMatch(/Dropout/);
    }
  });

  it('is found in branches and without a ratio', () => {
    const body = { nodes: [node('Dropout', 'x . yes', 'z')], initializers: new Map(), inputs: [], outputs: [] };
    const graph = sourceGraph({
      nodes: [node('If', 'c', 'y', { then_branch: { kind: 'graph', value: body } })],
      initializers: { yes: scalar('bool', 1) },
    });
    const { source, dropped } = withoutDropout(graph);
    expect(dropped).toBe(1);
    const branch = source.nodes[0].attributes.then_branch.value as { nodes: SourceNode[] };
    expect(branch.nodes[0].inputs).toEqual(['x']);
  });
});

describe('BatchNormalization in training mode', () => {
  const parts: GraphParts = {
    nodes: [
      node('BatchNormalization', 'x gamma beta mean variance', 'n m v', { training_mode: 1 }),
      node('Gemm', 'n w b', 'y'),
    ],
    initializers: {
      gamma: weights('gamma', [4]),
      beta: weights('beta', [4]),
      mean: filled([4], 0),
      variance: filled([4], 1),
      w: weights('w', [4, 3]),
      b: weights('b', [3]),
    },
    outputs: ['y'],
  };

  it('leaves out samples that do not fill a batch, and the report says so', async () => {
    const found = await measured(parts, data, { batch: 3 });
    const part = (from: number) =>
      measured(parts, { x: rows(data.x, from, 3), target: rows(data.target, from, 3) }, { batch: 3 });
    expect(found.samples).toBe(6);
    expect(found.notes).toMatch(/batches of 3. The last 1 of 7 samples do not fill one and are left out/);
    expect(found.notes).toMatch(/BatchNormalization is in training mode/);
    expect(found.loss).toBeCloseTo(((await part(0)).loss + (await part(3)).loss) / 2, 6);
  });

  it('runs in batches that divide the data evenly', async () => {
    const given = { x: weights('many', [24, 4]), target: labels(24) };
    const { samples, batch, notes } = await measured(parts, given);
    expect([samples % batch, samples]).toEqual([0, 24]);
    expect(notes).not.toMatch(/left out/);
    expect([wholeBatchSize(100, 30), wholeBatchSize(7, 7), wholeBatchSize(90, 64), wholeBatchSize(97, 50)]).toEqual([
      25, 7, 45, 48,
    ]);
  });
});
