import { expect, test } from 'vitest';
import { node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import type { SourceNode } from '../graph/source';
import { rescalingSentence, rescalingSymmetry } from './rescaling';

const initializers = Object.fromEntries(
  ['w', 'v', 'u', 'b', 'scale'].map((name) => [name, weights(name, name.length > 1 || name === 'b' ? [4] : [4, 4])]),
);
const symmetryOf = (nodes: readonly SourceNode[], outputs?: readonly string[]) =>
  rescalingSymmetry(sourceGraph({ nodes, initializers, outputs }), new Set(Object.keys(initializers)));

test('rectifiers between two layers, biases and reshapes included', () => {
  const { pairs } = symmetryOf([
    node('MatMul', 'x w', 'a'),
    node('Add', 'a b', 'h'),
    node('Relu', 'h', 'r'),
    node('Flatten', 'r', 'f'),
    node('Gemm', 'f v', 'y'),
  ]);
  expect(pairs).toEqual([{ first: 'MatMul of a', second: 'Gemm of y' }]);
});

test.each([
  ['a bounded activation', [node('MatMul', 'x w', 'a'), node('Tanh', 'a', 't'), node('MatMul', 't v', 'y')]],
  [
    'a second reader',
    [node('MatMul', 'x w', 'a'), node('Relu', 'a', 'r'), node('MatMul', 'r v', 'c'), node('Add', 'c r', 'y')],
  ],
  ['a weight that is not the second operand', [node('MatMul', 'x w', 'a'), node('MatMul', 'v a', 'y')]],
])('%s takes nothing back', (_, nodes) => {
  expect(symmetryOf(nodes)).toEqual({ pairs: [], normalized: [] });
  expect(rescalingSentence(symmetryOf(nodes))).toBeNull();
});

test('a value that leaves the model is not rescaled', () => {
  const nodes = [node('MatMul', 'x w', 'a'), node('Relu', 'a', 'r'), node('MatMul', 'r v', 'y')];
  expect(symmetryOf(nodes, ['y', 'r']).pairs).toEqual([]);
});

test('a normalization loses the scale before it', () => {
  const found = symmetryOf([node('MatMul', 'x w', 'a'), node('LayerNormalization', 'a scale b', 'y')]);
  expect(found.normalized).toEqual(['MatMul of a']);
  expect(rescalingSentence(found)).toContain('«MatMul of a» is lost in the normalization');
});
