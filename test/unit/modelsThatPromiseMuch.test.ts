import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../src/objective/open/inspectModel';
import { resolveOptions } from '../../src/options/presets';
import { upTo } from '../../src/graph/limits';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { node, weights } from './sourceGraph';

/** The models here are files of a few hundred bytes that ask for a billion steps, nodes or numbers. */

const inspect = (path: string) =>
  inspectModel(join(__dirname, '../fixtures/cases', path), resolveOptions({ data: 'generated' }));

describe('a model that asks for more than can be computed is refused, naming the node', () => {
  it.each([
    ['hostile-onnx-hang/lrn.onnx', /LRN is too large[\s\S]*at LRN "/],
    ['hostile-onnx-hang/gridsample.onnx', /GridSample[\s\S]*at GridSample "/],
    ['hostile-bombs/concat_double.onnx', /Concat is too large[\s\S]*at Concat "Concat_25"/],
    ['hostile-bombs/concat_double25.onnx', /Concat is too large[\s\S]*\[1,100663296\][\s\S]*at Concat "Concat_2\d"/],
    ['hostile-bombs/onehot_huge.onnx', /OneHot is too large: a table of 8,589,934,592 numbers[\s\S]*at OneHot "/],
    ['hostile-bombs/rnn_long.onnx', /LSTM is too large: 1,000,000 steps[\s\S]*at LSTM "/],
    ['hostile-bombs/fn_bomb_2e39.onnx', /more than 262,144 nodes once its functions are inlined/],
  ])('%s', async (path, message) => {
    await expect(inspect(path)).rejects.toThrow(message);
  });

  it.each([
    // This output has 2²³ · 6 elements.
    ['one that doubles its input fewer times', doubling(23), 100],
    // The hidden layer has 2²⁷ elements for each volume, and the volume itself 2²⁴.
    ['a volume under a convolution of many channels', volume(), 10],
    // Attention over 2¹² tokens has 2²⁸ scores.
    ['attention between thousands of tokens', attention(), 10],
  ])('whereas %s is inspected', async (_, parts, nodes) => {
    const { model } = await modelFile(await mkdtemp(join(tmpdir(), 'promises-')), parts);
    const { cost, refused } = await inspectModel(model, resolveOptions({ data: 'generated' }));
    expect(refused).toBeNull();
    expect(cost.nodes).toBeLessThan(nodes);
  });

  it('a table as long as the batch is refused before it is written out', async () => {
    const { model } = await modelFile(await mkdtemp(join(tmpdir(), 'promises-')), {
      nodes: [node('TensorScatter', 'x u', 'y', { axis: 1 })],
      initializers: {},
      inputs: ['x', 'u'].map((name) => ({ name, dtype: 'float32' as const, shape: [2 ** 30, 4, 2] })),
      opsets: { '': 24 },
    });
    const refusal = /TensorScatter is too large: a table of 1,073,741,824 numbers[\s\S]*at TensorScatter "/;
    await expect(inspectModel(model, resolveOptions({ data: 'generated' }))).rejects.toThrow(refusal);
  });

  it('an input larger than any memory is named, on whichever axis its samples are', async () => {
    const { model } = await modelFile(await mkdtemp(join(tmpdir(), 'promises-')), {
      nodes: [node('MatMul', 'x w', 'y')],
      initializers: { w: weights('w', [4, 4]) },
      inputs: [{ name: 'x', dtype: 'float32', shape: [2 ** 45, 'batch', 4] }],
    });
    const { refused } = await inspectModel(model, resolveOptions({ data: 'generated' }));
    expect(refused).toMatch(/input of shape .* too large\..*input "x"/);
  });
});

function doubling(times: number): GraphParts {
  const doubled = upTo(times).map((i) => node('Concat', `h${i} h${i}`, `h${i + 1}`, { axis: 1 }));
  return {
    nodes: [node('MatMul', 'x w', 'h0'), ...doubled],
    initializers: { w: weights('w', [6, 6]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 6] }],
  };
}

function volume(): GraphParts {
  return {
    nodes: [node('Conv', 'x w', 'y', { kernel_shape: [1, 1, 1] })],
    initializers: { w: weights('w', [8, 1, 1, 1, 1]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 256, 256, 256] }],
  };
}

function attention(): GraphParts {
  return {
    nodes: [
      node('MatMul', 'x w', 'q'),
      node('Transpose', 'q', 'k', { perm: [0, 2, 1] }),
      node('MatMul', 'q k', 's'),
      node('Concat', Array<string>(16).fill('s').join(' '), 'heads', { axis: 1 }),
    ],
    initializers: { w: weights('w', [4, 4]) },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4096, 4] }],
  };
}
