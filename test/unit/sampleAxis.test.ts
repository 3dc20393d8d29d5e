import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openObjective } from '../../src/objective/open/openObjective';
import { GENERATED_DATA } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import type { SourceInput } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { ints, node, weights } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-axis-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const [STEPS, SAMPLES, FEATURES, WIDTH] = [5, 6, 3, 4];
const initializers = {
  w: weights('w', [1, WIDTH, FEATURES]),
  r: weights('r', [1, WIDTH, WIDTH], 0.5),
  out: weights('out', [WIDTH, 2]),
  one: ints([1]),
};
const input = (name: string, shape: SourceInput['shape']): SourceInput => ({ name, dtype: 'float32', shape });

/** An RNN over sequences with an output for each step, written with steps first or samples first. */
function recurrent(first: 'steps' | 'samples', batch: number | null): GraphParts {
  const [turn, back] = [
    node('Transpose', 'x', 't', { perm: [1, 0, 2] }),
    node('Transpose', 'p', 'y', { perm: [1, 0, 2] }),
  ];
  const layer = (x: string, y: string) => [
    node('RNN', `${x} w r . . h`, 'all'),
    node('Squeeze', 'all one', 's'),
    node('MatMul', 's out', y),
  ];
  return {
    nodes: first === 'steps' ? layer('x', 'y') : [turn, ...layer('t', 'p'), back],
    initializers,
    inputs: [
      input('x', first === 'steps' ? [STEPS, batch, FEATURES] : [batch, STEPS, FEATURES]),
      input('h', [1, batch, WIDTH]),
    ],
    outputs: ['y'],
  };
}

const data = {
  x: weights('x', [SAMPLES, STEPS, FEATURES]),
  target: { ...ints(Array.from({ length: SAMPLES * STEPS }, (_, i) => i % 2)), shape: [SAMPLES, STEPS] },
};

async function measured(parts: GraphParts, given: typeof data & { h?: Tensor } = data) {
  const paths = await modelFile(folder, parts, given);
  const options = resolveOptions({ data: paths.data, provider: 'cpu', loss: 'cross_entropy' });
  const { objective, batchSize, notes } = await openObjective(paths.model, options);
  try {
    return { loss: (await objective.value()).loss, gradient: await objective.gradient(), batchSize, notes };
  } finally {
    await objective.dispose();
  }
}

describe('a model that reads steps first', () => {
  it('has the same loss and gradient as one that reads samples first, with a zero state', async () => {
    const [steps, samples] = [await measured(recurrent('steps', null)), await measured(recurrent('samples', null))];
    expect(steps.batchSize).toBe(SAMPLES);
    expect(steps.loss).toBeCloseTo(samples.loss, 6);
    steps.gradient.forEach((value, i) => expect(value).toBeCloseTo(samples.gradient[i], 5));
    expect(steps.notes.join(' ')).toMatch(
      /«x» \[5, \?, 3\] counts samples on axis 1; in the data its shape is \[samples, 5, 3\]/,
    );
    expect(steps.notes.join(' ')).toMatch(/«h» is zero/);
    const fixed = await measured(recurrent('steps', 3));
    expect(fixed.loss).toBeCloseTo(samples.loss, 6);
  });

  it('takes a state from the data, which has samples first too', async () => {
    const h = weights('h', [SAMPLES, 1, WIDTH]);
    const steps = await measured(recurrent('steps', null), { ...data, h });
    const samples = await measured(recurrent('samples', null), { ...data, h });
    expect(steps.loss).toBeCloseTo(samples.loss, 6);
    expect(Math.abs(steps.loss - (await measured(recurrent('steps', null))).loss)).toBeGreaterThan(1e-3);
  });

  it('tells samples from steps in an output that has as many of both', async () => {
    const square = {
      x: { ...weights('x', [5, 5, 3]) },
      target: { ...ints([0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1]), shape: [5, 5] },
    };
    const [steps, samples] = [
      await measured(recurrent('steps', null), square),
      await measured(recurrent('samples', null), square),
    ];
    expect(steps.loss).toBeCloseTo(samples.loss, 6);
  });
});

it('inputs that fix different numbers of samples are refused by name', async () => {
  const parts: GraphParts = {
    nodes: [node('MatMul', 'a w', 'y'), node('MatMul', 'b w', 'z')],
    initializers: { w: weights('w', [4, 3]) },
    inputs: [input('a', [5, 4]), input('b', [3, 4]), input('mask', [1, 4])],
    outputs: ['y', 'z'],
  };
  const { model } = await modelFile(folder, parts);
  const options = resolveOptions({ data: GENERATED_DATA, provider: 'cpu' });
  await expect(openObjective(model, options)).rejects.toMatchObject({
    what: expect.stringMatching(/different sizes/),
    where: [model, '«a» [5, 4]', '«b» [3, 4]'],
  });
});
