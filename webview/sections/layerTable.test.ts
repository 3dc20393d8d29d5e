import { expect, it } from 'vitest';
import type { LayerSort } from './layerTable';
import { layerRows, nextSort, sortedRows } from './layerTable';

const rows = layerRows(
  {
    norm: 5,
    byParameter: [
      { name: 'layer10.weight', norm: 3 },
      { name: 'layer2.weight', norm: NaN },
      { name: 'layer2.bias', norm: 4 },
    ],
  },
  {
    path: '',
    sha256: '',
    opset: 17,
    producer: '',
    parameterCount: 9,
    parameters: [
      { name: 'layer10.weight', shape: [2, 3], count: 6 },
      { name: 'layer2.bias', shape: [1], count: 1 },
    ],
  },
  { norm: 2, byParameter: [{ name: 'layer10.weight', norm: 1.5 }] },
);
const order = (sort: LayerSort) => sortedRows(rows, sort).map(({ name }) => name);

it('joins what is known of each tensor, in network order', () => {
  expect(rows[0]).toEqual({ name: 'layer10.weight', shape: [2, 3], count: 6, weights: 1.5, gradient: 3 });
  expect(order(null)).toEqual(['layer10.weight', 'layer2.weight', 'layer2.bias']);
});

it('sorts numbers with what is not finite last in both orders, and names by their numbers', () => {
  expect(order({ column: 'gradient', descending: true })).toEqual(['layer2.bias', 'layer10.weight', 'layer2.weight']);
  expect(order({ column: 'gradient', descending: false })).toEqual(['layer10.weight', 'layer2.bias', 'layer2.weight']);
  expect(order({ column: 'name', descending: false })).toEqual(['layer2.bias', 'layer2.weight', 'layer10.weight']);
});

it('turns the order with each press, and back to that of the network', () => {
  const first = nextSort(null, 'gradient');
  const second = nextSort(first, 'gradient');
  expect([first, second, nextSort(second, 'gradient')]).toEqual([
    { column: 'gradient', descending: true },
    { column: 'gradient', descending: false },
    null,
  ]);
  expect(nextSort(first, 'name')).toEqual({ column: 'name', descending: false });
});
