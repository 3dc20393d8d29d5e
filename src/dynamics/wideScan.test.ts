import { expect, it } from 'vitest';
import { surfaceObjective } from '../../test/unit/surfaceObjective';
import type { ParameterTensor } from '../objective/objective';
import { norm } from '../numerics/vectors';
import { bothSides, extendScan, wideDirection } from './wideScan';

const matrix = (name: string, offset: number): ParameterTensor => ({
  name,
  shape: [2, 2],
  offset,
  count: 4,
  filters: { outer: 1, filters: 2, inner: 2 },
});
const identities = {
  parameters: [matrix('first', 0), matrix('second', 4)],
  theta: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1),
};

it('changes no matrix by more than its own operator norm', () => {
  // One matrix of rank one along the first axis: its operator norm is its length, that of the identity is 1.
  const along = wideDirection(identities, 'gradient', Float32Array.of(5, 0, 0, 0, 0, 0, 0, 0));
  expect(along?.length).toBeCloseTo(1, 5);
  expect(along?.vector[0]).toBeCloseTo(1, 5);
});

it('moves all weights by their own length at most', () => {
  const both = wideDirection(identities, 'gradient', Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1));
  expect(both?.length).toBeCloseTo(2, 5);
});

it('has a length where all weights are zero, and none for a zero vector', () => {
  const zero = { ...identities, theta: new Float32Array(8) };
  const found = wideDirection(zero, 'gradient', Float32Array.of(0, 0, 0, 0, 0, 0, 0, 3));
  expect(found && norm(found.vector)).toBeCloseTo(2, 5);
  expect(wideDirection(identities, 'gradient', new Float32Array(8))).toBeNull();
});

it('measures only the points that a scan lacks', async () => {
  const objective = surfaceObjective((alpha) => alpha ** 2);
  const direction = { name: 'random', vector: Float32Array.of(1), length: 1 };
  const scan = await extendScan(objective, direction, { alpha: [0], loss: [0] }, bothSides([1, 2]));
  expect(scan).toMatchObject({ alpha: [-2, -1, 0, 1, 2], loss: [4, 1, 0, 1, 4] });
  const finer = await extendScan(objective, direction, scan, [1, 1.5]);
  expect(finer.alpha).toEqual([-2, -1, 0, 1, 1.5, 2]);
  expect(objective.points.map(({ alpha }) => alpha)).toEqual([-2, -1, 1, 2, 1.5]);
});
