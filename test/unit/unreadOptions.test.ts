import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MissingInputError } from '../../src/errors';
import type { SourceNode } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { scalar } from '../../src/graph/tensor';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { floats, node } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-unread-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const branch = (nodes: SourceNode[], output: string) => ({
  kind: 'graph' as const,
  value: {
    nodes,
    initializers: new Map<string, Tensor>(),
    inputs: [],
    outputs: [{ name: output, type: 'float32', dtype: null, shape: null }],
  },
});

/** y = x·w if plain is true, else t·x·w. */
const parts: GraphParts = {
  nodes: [
    node('MatMul', 'x w', 'z'),
    node('If', 'plain', 'y', {
      then_branch: branch([node('Identity', 'z', 'a')], 'a'),
      else_branch: branch([node('Mul', 'z t', 'b')], 'b'),
    }),
  ],
  initializers: { w: floats([3], [1, 1]) },
  inputs: [
    { name: 'x', dtype: 'float32', shape: ['N', 1] },
    { name: 'plain', dtype: 'bool', shape: [] },
    { name: 't', dtype: 'float32', shape: [] },
  ],
};
const data = { x: floats([1, 1], [2, 1]), target: floats([0, 0], [2, 1]) };

async function opened(given: Record<string, Tensor>, input: Record<string, string>) {
  const files = await modelFile(folder, parts, { ...data, ...given });
  const options = { data: files.data, provider: 'cpu', threads: 1, loss: 'mse', input } as const;
  const { objective, notes } = await openObjective(files.model, resolveOptions(options));
  try {
    return { loss: (await objective.value()).loss, notes: notes.join('\n') };
  } finally {
    await objective.dispose();
  }
}

it.each([
  ['written', {}, { plain: 'true' }],
  ['in the data', { plain: scalar('bool', 1) }, {}],
])('an option that only the other branch reads needs no value (the condition %s)', async (_, given, input) => {
  const { loss, notes } = await opened(given, input);
  expect(loss).toBeCloseTo(9, 6);
  expect(notes).toContain('No branch that is taken reads «t».');
  expect(notes).not.toContain('«t» is the same for all samples');
});

it('an option that the taken branch reads must be given', async () => {
  await expect(opened({}, { plain: 'false' })).rejects.toThrow(MissingInputError);
  await expect(opened({}, { plain: 'false' })).rejects.toThrow('«t» (float32)');
  expect((await opened({}, { plain: 'false', t: '2' })).loss).toBeCloseTo(36, 5);
});

it('both options must be given if the condition is unknown', async () => {
  await expect(opened({}, {})).rejects.toThrow('«plain» (bool), «t» (float32)');
});
