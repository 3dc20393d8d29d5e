import { describe, expect, it } from 'vitest';
import { filled, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { splitCopiedLayers } from './copiedLayers';
import type { Tensor } from '../graph/tensor';

const named = (name: string, op: string, inputs: string, output: string) => ({ ...node(op, inputs, output), name });
const initializers = {
  'layers.0.w': weights('w', [4, 4]),
  'layers.0.b': weights('b', [4]),
  'onnx::MatMul_7': weights('v', [4, 4]),
};

/** Two layers after one another, and what is read in the second. */
function layers(second: { scope?: string; bias?: string; gelu?: string }, more: Record<string, Tensor> = {}) {
  const { scope = '/layers.1', bias = 'layers.0.b', gelu = 'BiasGelu_token_3' } = second;
  return sourceGraph({
    nodes: [
      named('/layers.0/one/MatMul', 'MatMul', 'x layers.0.w', 'a'),
      named('BiasGelu', 'com.microsoft.BiasGelu', 'a layers.0.b', 'b'),
      named('/layers.0/two/MatMul', 'MatMul', 'b onnx::MatMul_7', 'c'),
      named(`${scope}/one/MatMul`, 'MatMul', 'c layers.0.w', 'd'),
      named(gelu, 'com.microsoft.BiasGelu', `d ${bias}`, 'e'),
      named(`${scope}/two/MatMul`, 'MatMul', 'e onnx::MatMul_7', 'y'),
    ],
    initializers: { ...initializers, ...more },
  });
}

describe('layers that began as copies of one another, in an optimized file', () => {
  it('get separate weights again, even if the optimizer renamed a node', () => {
    const { source, split } = splitCopiedLayers(layers({}));
    expect(split).toEqual(['layers.0.w', 'layers.0.b', 'onnx::MatMul_7']);
    expect(source.nodes.map(({ inputs }) => inputs[1])).toEqual([
      'layers.0.w',
      'layers.0.b',
      'onnx::MatMul_7',
      'layers.1.w',
      'layers.1.b',
      'onnx::MatMul_7 of layer 2',
    ]);
    expect(source.initializers.get('layers.1.w')).toBe(initializers['layers.0.w']);
  });

  it('may each have a constant with the same content', () => {
    const own = { mask1: filled([4], -1), mask2: filled([4], -1), mask3: filled([4], -2) };
    const graph = layers({}, own);
    const masked = (second: string) => ({
      ...graph,
      nodes: [
        ...graph.nodes,
        named('/layers.0/Add', 'Add', 'c mask1', 'f'),
        named('/layers.1/Add', 'Add', `y ${second}`, 'g'),
      ],
    });
    expect(splitCopiedLayers(masked('mask2')).split).toHaveLength(3);
    expect(splitCopiedLayers(masked('mask3')).split).toEqual([]);
  });

  it('stay unchanged if one layer runs twice', () => {
    expect(splitCopiedLayers(layers({ scope: '/layers.0_1' })).split).toEqual([]);
    const twice = layers({ scope: '/layers.0' });
    expect(splitCopiedLayers(twice)).toEqual({ source: twice, split: [] });
  });

  it('stay unchanged if they share only some of their weights, as on purpose', () => {
    expect(splitCopiedLayers(layers({ bias: 'own' }, { own: weights('own', [4]) })).split).toEqual([]);
  });
});

it('a table that embedding and output layer share stays unchanged', () => {
  const graph = sourceGraph({
    nodes: [named('/wte/Gather', 'Gather', 'table ids', 'e'), named('/head/MatMul', 'Gemm', 'e table', 'y')],
    initializers: { table: weights('table', [6, 4]) },
  });
  expect(splitCopiedLayers(graph).split).toEqual([]);
});
