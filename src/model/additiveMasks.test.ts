import { expect, it } from 'vitest';
import { node, sourceGraph } from '../../test/unit/sourceGraph';
import { additiveMasks } from './additiveMasks';

const inputs = ['x', 'mask', 'bias'].map((name) => ({ name, dtype: 'float32' as const, shape: ['batch', 4] }));
const masksOf = (...nodes: ReturnType<typeof node>[]) => [
  ...additiveMasks(sourceGraph({ nodes, initializers: {}, inputs })),
];

it('finds what is added to scores before a softmax, through casts and moves', () => {
  const found = masksOf(
    node('MatMul', 'x w', 'scores'),
    node('Unsqueeze', 'mask one', 'm'),
    node('Mul', 'm scale', 's'),
    node('Add', 'scores s', 'a'),
    node('Softmax', 'a', 'p'),
  );
  expect(found).toEqual(['mask']);
});

it('finds the mask of attention in one operator, and what is asked for −∞', () => {
  expect(masksOf(node('Attention', 'q k v mask', 'y'), node('IsInf', 'bias', 'b'))).toEqual(['mask', 'bias']);
});

it('features that a softmax reads directly, or behind weights, are none', () => {
  const found = masksOf(node('Softmax', 'x', 'p'), node('Add', 'mask b', 'c'), node('Gemm', 'c w', 'y'));
  expect(found).toEqual([]);
});
