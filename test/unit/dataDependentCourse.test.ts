import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspectModel } from '../../src/objective/open/inspectModel';
import type { SourceInput, SourceNode, SourceSubgraph } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { scalar } from '../../src/graph/tensor';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { floats, ints, node } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-course-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const subgraph = (nodes: SourceNode[], outputs: string[], inputs: string[] = []) => ({
  kind: 'graph' as const,
  value: {
    nodes,
    initializers: new Map<string, Tensor>(),
    inputs: inputs.map((name) => ({ name, type: 'float32', dtype: null, shape: null })),
    outputs: outputs.map((name) => ({ name, type: 'float32', dtype: null, shape: null })),
  } satisfies SourceSubgraph,
});

const x = floats([1, 2, -3, 1, 0, 0, 2, -1], [4, 2]);
const target = floats([1, 0, -1, 2], [4, 1]);
const inputs: SourceInput[] = [{ name: 'x', dtype: 'float32', shape: ['N', 2] }];

/** log(Σ)·w where the features of a sample have a sum Σ > 0, else 2·v. The logarithm has no finite slope at Σ = 0. */
const branches: GraphParts = {
  nodes: [
    node('ReduceSum', 'x', 'all', { keepdims: 0 }),
    node('Greater', 'all zero', 'positive'),
    node('ReduceSum', 'x axis', 'sum', { keepdims: 1 }),
    node('If', 'positive', 'y', {
      then_branch: subgraph([node('Mul', 'sum w', 's'), node('Log', 's', 'a')], ['a']),
      else_branch: subgraph([node('Mul', 'v two', 'b')], ['b']),
    }),
  ],
  initializers: {
    zero: scalar('float32', 0),
    two: floats([2], [1, 1]),
    axis: ints([1]),
    w: floats([1.5], [1, 1]),
    v: floats([0.25], [1, 1]),
  },
  inputs,
};

async function measured(parts: GraphParts, parameters: string[] = []) {
  const files = await modelFile(folder, parts, { x, target });
  const options = resolveOptions({ data: files.data, provider: 'cpu', threads: 1, loss: 'mse', parameters });
  const { objective, remarks, batchSize } = await openObjective(files.model, options);
  try {
    const { loss } = await objective.value();
    const gradient = [...(await objective.gradient())];
    const [product] = await objective.products('hessian', [Float32Array.from(gradient, () => 1)]);
    return {
      loss,
      gradient,
      product: [...product],
      names: objective.parameters.map(({ name }) => name),
      remarks,
      batchSize,
    };
  } finally {
    await objective.dispose();
  }
}

it('an If whose branch depends on the sample runs one sample at a time, with derivatives', async () => {
  const { loss, gradient, product, names, remarks, batchSize } = await measured(branches, ['w', 'v']);
  expect(batchSize).toBe(1);
  expect(remarks.join('\n')).toContain(
    'Samples run one at a time, because the data decide the course of If "If of y".',
  );
  // The sums are 3, −2, 0, 1, so samples 0 and 3 take the logarithm.
  const [w, v] = [1.5, 0.25];
  const residuals = [Math.log(3 * w) - 1, 2 * v - 0, 2 * v + 1, Math.log(w) - 2];
  expect(loss).toBeCloseTo(residuals.reduce((sum, r) => sum + r * r, 0) / 4, 6);
  const dw = (2 / 4) * (residuals[0] + residuals[3]) * (1 / w);
  const dv = (2 / 4) * (residuals[1] + residuals[2]) * 2;
  const at = (name: string, values: readonly number[]) => values[names.indexOf(name)];
  expect(at('w', gradient)).toBeCloseTo(dw, 6);
  expect(at('v', gradient)).toBeCloseTo(dv, 6);
  expect(at('w', product)).toBeCloseTo(((2 / 4) * (2 - residuals[0] - residuals[3])) / w ** 2, 5);
  expect(at('v', product)).toBeCloseTo((2 / 4) * 2 * 4, 5);
});

it('a loss reads the logits below a Sigmoid that ends every branch of an If', async () => {
  const parts: GraphParts = {
    ...branches,
    nodes: [
      ...branches.nodes.slice(0, 2),
      node('If', 'positive', 'y', {
        then_branch: subgraph([node('MatMul', 'x w', 'a'), node('Sigmoid', 'a', 'p')], ['p']),
        else_branch: subgraph([node('MatMul', 'x u', 'b'), node('Sigmoid', 'b', 'q')], ['q']),
      }),
    ],
    initializers: { zero: scalar('float32', 0), w: floats([1, 2], [2, 1]), u: floats([3, 1], [2, 1]) },
  };
  const files = await modelFile(folder, parts, { x, target: floats([1, 0, 0, 1], [4, 1]) });
  const opened = await openObjective(files.model, resolveOptions({ data: files.data, provider: 'cpu', threads: 1 }));
  try {
    expect(opened.function).toBe('bce');
    const logits = [5, -8, 0, 0];
    const expected = logits.map((z, n) => Math.log1p(Math.exp(n === 0 || n === 3 ? -z : z)));
    const { loss } = await opened.objective.value();
    expect(loss).toBeCloseTo(expected.reduce((sum, l) => sum + l, 0) / 4, 6);
  } finally {
    await opened.objective.dispose();
  }
});

it('a Loop whose end depends on the data runs the right number of steps for each sample', async () => {
  const parts: GraphParts = {
    nodes: [
      node('MatMul', 'x w', 'start'),
      node('Loop', 'five yes start', 'y', {
        body: subgraph(
          [
            node('Mul', 'h half', 'k'),
            node('Abs', 'k', 'size'),
            node('ReduceMax', 'size', 'largest', { keepdims: 0 }),
            node('Greater', 'largest limit', 'on'),
          ],
          ['on', 'k'],
          ['i', 'c', 'h'],
        ),
      }),
    ],
    initializers: {
      five: scalar('int64', 5),
      yes: scalar('bool', 1),
      half: floats([0.5], [1]),
      limit: scalar('float32', 0.3),
      w: floats([1, 0.5], [2, 1]),
    },
    inputs,
  };
  const { loss, gradient } = await measured(parts, ['w']);
  // The state is halved until it is at most 0.3: from 2, −2.5, 0, 1.5 in 3, 4, 1, 3 steps.
  const factors = [1 / 8, 1 / 16, 1 / 2, 1 / 8];
  const starts = [2, -2.5, 0, 1.5];
  const residuals = starts.map((start, n) => start * factors[n] - Number(target.data[n]));
  expect(loss).toBeCloseTo(residuals.reduce((sum, r) => sum + r * r, 0) / 4, 6);
  for (const i of [0, 1]) {
    const slope = residuals.reduce((sum, r, n) => sum + (2 / 4) * r * factors[n] * Number(x.data[2 * n + i]), 0);
    expect(gradient[i]).toBeCloseTo(slope, 6);
  }
});

it('an inspection lists all branches and says which input decides', async () => {
  const option: GraphParts = {
    ...branches,
    nodes: [node('Greater', 'mode zero', 'positive'), ...branches.nodes.slice(2)],
    inputs: [...inputs, { name: 'mode', dtype: 'float32', shape: [] }],
  };
  const { model } = await modelFile(folder, option);
  const open = await inspectModel(model, resolveOptions({}));
  expect(open.refused).toBeNull();
  expect(open.operators.map(({ operator }) => operator)).toEqual(['Greater', 'If', 'Log', 'Mul', 'ReduceSum']);
  expect(open.warnings).toContain('The branch of If "If of y" is decided by mode.');
  expect(open.warnings.join('\n')).toContain('--input mode=VALUE');
  const given = await inspectModel(model, resolveOptions({ input: { mode: '1' } }));
  expect(given.warnings).toContain('The branch of If "If of y" is decided by mode = 1.');
  expect(given.warnings.join('\n')).not.toContain('mode=VALUE');
});
