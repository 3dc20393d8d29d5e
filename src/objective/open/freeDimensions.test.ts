import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { ints, node, weights } from '../../../test/unit/sourceGraph';
import { GENERATED_DATA } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { openObjective } from './openObjective';
import { readModelAndData } from './readModelAndData';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-free-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const parts = (rows: number): GraphParts => ({
  nodes: [
    node('Add', 'x table', 'placed'),
    node('ReduceMean', 'placed', 'm', { axes: [1], keepdims: 0 }),
    node('Gemm', 'm w b', 'y'),
  ],
  initializers: { table: weights('table', [rows, 3]), w: weights('w', [3, 4]), b: weights('b', [4]) },
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 'length', 3] }],
});

async function opened(given: GraphParts, batch?: number) {
  const { model } = await modelFile(folder, given);
  const options = resolveOptions({ data: GENERATED_DATA, provider: 'cpu', samples: 32, batch });
  const read = await readModelAndData(model, options);
  const before = read.before.taken;
  const { objective, batchSize } = await openObjective(model, options, { read });
  try {
    const { loss } = await objective.value();
    return { length: read.data.inputs.x.shape[1], before, after: read.before.taken, batchSize, loss };
  } finally {
    await objective.dispose();
  }
}

describe('random inputs of free dimensions', () => {
  it('have what the nodes agree with, and the model lowered for them is the one that is run', async () => {
    const { length, before, after, batchSize, loss } = await opened(parts(32));
    expect([length, before, after, batchSize]).toEqual([32, false, true, 32]);
    expect(loss).toBeGreaterThan(0);
    expect(await opened(parts(16), 8)).toMatchObject({ length: 16, before: false, after: true, batchSize: 8 });
  });

  it('are found all the same where a constant knows the batch that the file was made with', async () => {
    const alone: GraphParts = {
      ...parts(16),
      nodes: [
        node('Reshape', 'x one', 'r'),
        ...parts(16).nodes.map((n, i) => (i === 0 ? { ...n, inputs: ['r', 'table'] } : n)),
      ],
      initializers: { ...parts(16).initializers, one: ints([1, -1, 3]) },
    };
    // The graph would take sixteen samples for one sample of 256 rows.
    const { model } = await modelFile(folder, alone);
    const { before, data } = await readModelAndData(model, resolveOptions({ data: GENERATED_DATA, samples: 16 }));
    expect(data.inputs.x.shape).toEqual([16, 16, 3]);
    expect(before.taken).toBe(false);
  });
});
