import { describe, expect, it } from 'vitest';
import { filled, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import { splitMergedInitializers } from './mergedInitializers';
import { areSiblings } from './siblings';

describe('equal tensors that the exporter stored once', () => {
  const layers = (second: string) => [node('Gemm', 'x w1 zeros', 'h'), node('Gemm', `h ${second} zeros`, 'y')];
  const initializers = { w1: weights('w1', [4, 4]), w2: weights('w2', [4, 4]), zeros: filled([4], 0) };

  it('become separate tensors for each use again', () => {
    const { source, split } = splitMergedInitializers(sourceGraph({ nodes: layers('w2'), initializers }));
    expect(split).toEqual(['zeros']);
    expect(source.nodes.map(({ inputs }) => inputs[2])).toEqual(['zeros', 'zeros/2']);
    expect(source.initializers.get('zeros/2')).toBe(initializers.zeros);
  });

  it('stay one if they belong to a layer that runs twice', () => {
    expect(splitMergedInitializers(sourceGraph({ nodes: layers('w1'), initializers })).split).toEqual([]);
  });

  it('stay one in the steps of a recurrence that begins with a constant state', () => {
    const steps = [node('Gemm', 'state w1 zeros', 'h'), node('Add', 'h x', 'a'), node('Gemm', 'a w1 zeros', 'y')];
    const started = { ...initializers, state: filled([3, 4], 0) };
    expect(splitMergedInitializers(sourceGraph({ nodes: steps, initializers: started })).split).toEqual([]);
  });

  it('stay one if they are not constant, since trained tensors are equal on purpose', () => {
    const shared = { ...initializers, zeros: weights('b', [4]) };
    expect(splitMergedInitializers(sourceGraph({ nodes: layers('w2'), initializers: shared })).split).toEqual([]);
  });

  it('get back the names that PyTorch kept, and stay one if it means one tensor', () => {
    const matrix = weights('matrix', [4, 4]);
    const read = (name: string, inputs: string, output: string) => ({ ...node('MatMul', inputs, output), name });
    const merger = (n: number, name: string, alias: string) => ({
      ...node('Identity', name, alias),
      name: `Identity_${n}`,
    });
    const parts = (alias: string, second: string) =>
      sourceGraph({
        nodes: [
          merger(0, 'onnx::MatMul_7', alias),
          read('/layers.0/MatMul', 'x onnx::MatMul_7', 'h'),
          read(second, `h ${alias}`, 'y'),
        ],
        initializers: { 'onnx::MatMul_7': matrix },
      });
    const apart = splitMergedInitializers(parts('onnx::MatMul_8', '/layers.1/MatMul'));
    expect(apart.split).toEqual(['onnx::MatMul_7']);
    expect([...apart.source.initializers.keys()]).toEqual(['onnx::MatMul_7', 'onnx::MatMul_8']);
    expect(apart.source.nodes).toHaveLength(2);
    expect(splitMergedInitializers(parts('onnx::MatMul_8', '/layers.0_1/MatMul')).split).toEqual([]);

    const scales = { 'norm1.weight': filled([4], 1) };
    const nodes = [
      merger(0, 'norm1.weight', 'norm2.weight'),
      node('Mul', 'x norm1.weight', 'h'),
      node('Mul', 'h norm2.weight', 'y'),
    ];
    const named = splitMergedInitializers(sourceGraph({ nodes, initializers: scales }));
    expect([...named.source.initializers.keys()]).toEqual(['norm1.weight', 'norm2.weight']);
  });
});

it('parts of a bias that one layer reads stay one tensor', () => {
  const part = (name: string, output: string) => ({ ...node('Slice', 'bias from to', output), name });
  const nodes = [part('/first/Slice', 'q'), part('/first/Slice_1', 'k'), part('/second/Slice', 'v')];
  const { source } = splitMergedInitializers(sourceGraph({ nodes, initializers: { bias: filled([6], 0) } }));
  expect(source.nodes.map(({ inputs }) => inputs[0])).toEqual(['bias', 'bias', 'bias/2']);
});

it('layers of one kind differ in their numbers only', () => {
  expect(areSiblings('/encoder/layers.0/MatMul', '/encoder/layers.11/MatMul')).toBe(true);
  expect(areSiblings('h.0.mlp.weight', 'h.1.mlp.weight')).toBe(true);
  expect(areSiblings('/encoder/layer/MatMul', '/encoder/layer_1/MatMul')).toBe(false);
  expect(areSiblings('wte.weight', 'lm_head.weight')).toBe(false);
});
