import { expect, it } from 'vitest';
import type { ParameterTensor, UnitSet } from '../objective/objective';
import { unitDistances } from './unitDistances';

const layerOf = (units: number): { set: UnitSet; parameters: ParameterTensor[] } => ({
  set: { units, slices: [{ parameter: 'W', outer: 1, inner: 2 }], kinds: null },
  parameters: [{ name: 'W', shape: [units, 2], offset: 0, count: 2 * units, filters: null }],
});

it('puts copies side by side and tells how far units are apart, relative to the longer one', () => {
  const { set, parameters } = layerOf(3);
  const theta = Float32Array.of(3, 4, 0, 0, 3, 4);
  expect(unitDistances(set, [[0, 2]], { parameters, theta, gradient: null })).toEqual({
    units: [0, 2, 1],
    weights: [
      [0, 0, 1],
      [0, 0, 1],
      [1, 1, 0],
    ],
    gradient: null,
  });
});

it('compares gradients as it compares weights', () => {
  const { set, parameters } = layerOf(2);
  const request = { parameters, theta: Float32Array.of(1, 1, 1, 1), gradient: Float32Array.of(1, 0, 0, 1) };
  const { weights, gradient } = unitDistances(set, [[0, 1]], request);
  expect(weights[0]).toEqual([0, 0]);
  expect(gradient![0]).toEqual([0, 1.41]);
});

it('compares at most 24 units and keeps others beside the copies', () => {
  const { set, parameters } = layerOf(40);
  const theta = Float32Array.from({ length: 80 }, (_, i) => (i < 60 ? 1 : i));
  const copies = [[...Array(30).keys()]];
  const { units } = unitDistances(set, copies, { parameters, theta, gradient: null });
  expect(units).toHaveLength(24);
  expect(units.slice(0, 16)).toEqual(copies[0]!.slice(0, 16));
});
