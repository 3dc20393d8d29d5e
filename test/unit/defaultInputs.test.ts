import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceInput } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { scalar } from '../../src/graph/tensor';
import { inspectModel } from '../../src/objective/open/inspectModel';
import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { floats, node } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-default-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const x = floats([1, 2], [2, 1]);
const target = floats([0, 0], [2, 1]);

const inputs: SourceInput[] = [{ name: 'x', dtype: 'float32', shape: ['N', 1] }];

const withGain: SourceInput[] = [...inputs, { name: 'gain', dtype: 'int64', shape: [] }];

/** y = gain·(x·w), where gain has the default 2. */
const scaled: GraphParts = {
  nodes: [node('MatMul', 'x w', 'z'), node('Cast', 'gain', 'factor', { to: 1 }), node('Mul', 'z factor', 'y')],
  initializers: { w: floats([1], [1, 1]), gain: scalar('int64', 2) },
  inputs: withGain,
};

async function loss(data: Record<string, Tensor>, options: AnalysisOptions = {}, parts = scaled): Promise<number> {
  const files = await modelFile(folder, parts, data);
  const wish = resolveOptions({ data: files.data, provider: 'cpu', threads: 1, loss: 'mse', ...options });
  const { objective } = await openObjective(files.model, wish);
  try {
    return (await objective.value()).loss;
  } finally {
    await objective.dispose();
  }
}

describe('an input with a default', () => {
  // The loss is the mean of (gain·x)² over x = 1 and 2, which is 2.5·gain².
  it('uses the default if no value is given', async () => {
    expect(await loss({ x, target })).toBeCloseTo(10, 6);
  });

  it('takes a value from the options or from the data', async () => {
    expect(await loss({ x, target }, { input: { gain: '3' } })).toBeCloseTo(22.5, 5);
    expect(await loss({ x, target, gain: scalar('int64', 1) })).toBeCloseTo(2.5, 6);
  });

  it('is listed by an inspection', async () => {
    const { inputs, warnings, refused } = await inspectModel(
      (await modelFile(folder, scaled)).model,
      resolveOptions({}),
    );
    expect(refused).toBeNull();
    expect(inputs).toContainEqual({ name: 'gain', type: 'int64', shape: '[]' });
    expect(warnings.join('\n')).toContain('The input «gain» (int64) is 2 by default');
  });

  it('does not count as an input if the file lists every initializer or if it is a parameter', async () => {
    const weight: SourceInput = { name: 'w', dtype: 'float32', shape: [1, 1] };
    const all = { ...scaled, inputs: [...withGain, weight] };
    await expect(loss({ x, target }, { input: { gain: '3' } }, all)).rejects.toThrow('no input «gain»');
    const other = { ...scaled, inputs: [...inputs, weight] };
    await expect(loss({ x, target }, { input: { w: '3' } }, other)).rejects.toThrow('no input «w»');
  });
});
