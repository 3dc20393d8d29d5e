import { expect, it } from 'vitest';
import type { SourceGraph } from '../../graph/source';
import { filtersOf } from './filters';

function reading(
  op: string,
  inputs: string[],
  attributes: SourceGraph['nodes'][number]['attributes'] = {},
): SourceGraph {
  const node = { name: 'n', op, domain: '', inputs, outputs: ['y'], attributes };
  return { nodes: [node], initializers: new Map(), inputs: [], outputs: ['y'], opsets: { '': 17 } };
}
const transB = { transB: { kind: 'int', value: 1 } } as const;

it.each([
  ['Conv', reading('Conv', ['x', 'w']), [4, 3, 5, 5], { outer: 1, filters: 4, inner: 75 }],
  ['Gemm(transB=1)', reading('Gemm', ['x', 'w'], transB), [10, 84], { outer: 1, filters: 10, inner: 84 }],
  ['Gemm(transB=0)', reading('Gemm', ['x', 'w']), [84, 10], { outer: 84, filters: 10, inner: 1 }],
  ['MatMul', reading('MatMul', ['x', 'w']), [84, 10], { outer: 84, filters: 10, inner: 1 }],
  ['ConvTranspose', reading('ConvTranspose', ['x', 'w']), [8, 4, 3, 3], { outer: 8, filters: 4, inner: 9 }],
  ['LSTM', reading('LSTM', ['x', 'w', 'r']), [1, 128, 28], { outer: 1, filters: 128, inner: 28 }],
  ['an embedding', reading('Gather', ['w', 'ids']), [500, 32], { outer: 1, filters: 500, inner: 32 }],
  ['a single output', reading('Gemm', ['x', 'w'], transB), [1, 8], { outer: 1, filters: 1, inner: 8 }],
])('cuts the weights of %s by their outputs', (_, source, shape, filters) => {
  expect(filtersOf(source, 'w', shape)).toEqual(filters);
});

it('keeps biases and scales still, however they are written', () => {
  expect(filtersOf(reading('Gemm', ['x', 'v', 'w']), 'w', [10])).toBeNull();
  expect(filtersOf(reading('Add', ['x', 'w']), 'w', [1, 16, 1, 1])).toBeNull();
});

it('sees the layer behind a constant Transpose', () => {
  const layer = reading('MatMul', ['x', 'wt']);
  const swap = { kind: 'ints', value: [1, 0] } as const;
  const view = { name: 't', op: 'Transpose', domain: '', inputs: ['w'], outputs: ['wt'], attributes: { perm: swap } };
  const source = { ...layer, nodes: [view, ...layer.nodes] };
  expect(filtersOf(source, 'w', [10, 84])).toEqual({ outer: 1, filters: 10, inner: 84 });
});

it('keeps the biases of recurrent layers still', () => {
  expect(filtersOf(reading('LSTM', ['x', 'v', 'r', 'w']), 'w', [1, 256])).toBeNull();
});
