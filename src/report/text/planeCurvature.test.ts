import { expect, it } from 'vitest';
import { planeCurvatureText } from './planeCurvature';

const grid = (lambdaMax: number[][], lambdaMin: number[][]) => ({
  x: [0, 1],
  y: [0],
  lambdaMax,
  lambdaMin,
  residualMax: [[0.01, 0.01]],
  residualMin: [[0.01, 0.01]],
  gradientNorm: [[1, 1]],
  products: 10,
});

it('tells the ranges and the largest ratio with its error', () => {
  expect(planeCurvatureText(grid([[2, 4]], [[-1, -0.4]]))).toBe(
    'λ_max 2 … 4, λ_min −1 … −0.4, |λ_min/λ_max| at most 0.5000 ± 0.0075, at 2 of 2 points',
  );
});

it('counts the points without a finite curvature', () => {
  expect(planeCurvatureText(grid([[2, NaN]], [[-1, NaN]]))).toContain('at 1 of 2 points');
  expect(planeCurvatureText(grid([[NaN, NaN]], [[NaN, NaN]]))).toBe('no finite curvature on the plane');
});
