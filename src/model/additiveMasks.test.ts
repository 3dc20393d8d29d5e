import { expect, it } from 'vitest';
import { node, sourceGraph } from '../../test/unit/sourceGraph';
import { additiveMasks } from './additiveMasks';

const inputs = ['x', 'mask', 'bias'].map((name) => ({ name, dtype: 'float32' as const, shape: ['batch', 4] }));
const masksOf = (...nodes: ReturnType<typeof node>[]) => [
  ...additiveMasks(sourceGraph({ nodes, initializers: {}, inputs })),
];

it('finds an input that is added to scores before a softmax, through casts and reshapes', () => {
  const found = masksOf(
    node('MatMul', 'x w', 'scores'),
    node('Unsqueeze', 'mask one', 'm'),
    node('Mul', 'm scale', 's'),
    node('Add', 'scores s', 'a'),
    node('Softmax', 'a', 'p'),
  );
  expect(found).toEqual(['mask']);
});

it('finds the mask of an Attention operator, and an input that is tested for −∞', () => {
  expect(masksOf(node('Attention', 'q k v mask', 'y'), node('IsInf', 'bias', 'b'))).toEqual(['mask', 'bias']);
});

it('features that a softmax reads directly or through weights are not masks', () => {
  const found = masksOf(node('Softmax', 'x', 'p'), node('Add', 'mask b', 'c'), node('Gemm', 'c w', 'y'));
  expect(found).toEqual([]);
});
