import { expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { planeLayers } from './planeLayers';

const plane: Plane = {
  x: { direction: 'random', values: [-1, 0, 1] },
  y: { direction: 'gradient', values: [-1, 1] },
  loss: [
    [3, 2, 3],
    [4, 3, 4],
  ],
};

it('offers the loss alone where nothing else was measured', () => {
  expect(planeLayers(plane).map(({ id, label }) => [id, label])).toEqual([['loss', 'Loss']]);
});

it('offers the test data at the same points', () => {
  const [train, test] = planeLayers({
    ...plane,
    test: {
      loss: [
        [5, 6, 7],
        [8, 9, 10],
      ],
    },
  });
  expect(train.label).toBe('Training loss');
  expect(test.plane).toMatchObject({
    x: plane.x,
    loss: [
      [5, 6, 7],
      [8, 9, 10],
    ],
  });
});

it('offers the curvature on its own grid, and says what is not resolved', () => {
  const curvature = {
    x: [-1, 1],
    y: [-1, 1],
    lambdaMax: [
      [4, 8],
      [2, NaN],
    ],
    lambdaMin: [
      [-1, 2],
      [-0.01, NaN],
    ],
    residualMax: [
      [0, 0],
      [0, NaN],
    ],
    residualMin: [
      [0.1, 0.1],
      [0.1, NaN],
    ],
    gradientNorm: [
      [1, 1],
      [1, NaN],
    ],
    products: 90,
  };
  const layers = planeLayers({ ...plane, curvature });
  expect(layers.map(({ id }) => id)).toEqual(['loss', 'ratio', 'lambdaMax', 'lambdaMin']);
  expect(layers[1].plane.loss).toEqual([
    [0.25, 0.25],
    [0.005, NaN],
  ]);
  expect(layers[1].caption).toContain('at 1 of 3 points');
  expect(layers[1].describe?.(1)).toContain('|λ_min/λ_max| 0.250 ± 0.013');
  expect(layers[1].describe?.(2)).toContain('|λ_min/λ_max| 0.005 ± 0.050 (not resolved)');
});
