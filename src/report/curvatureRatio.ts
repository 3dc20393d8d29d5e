import type { PlaneCurvature } from './sections/planeCurvature';

/**
 * |λ_min/λ_max| at each point of a grid, [y][x], with its error: how far from convex the loss is there.
 * @see Li et al. 2018, arXiv:1712.09913, figure 7
 */
export function curvatureRatio(curvature: PlaneCurvature): { value: number[][]; error: number[][] } {
  const { lambdaMax, lambdaMin, residualMax, residualMin } = curvature;
  const at = (of: (i: number, j: number) => number) => lambdaMax.map((row, i) => row.map((_, j) => of(i, j)));
  const ratio = (i: number, j: number) => Math.abs(lambdaMin[i][j] / lambdaMax[i][j]);
  return {
    value: at(ratio),
    error: at((i, j) => (residualMin[i][j] + ratio(i, j) * residualMax[i][j]) / Math.abs(lambdaMax[i][j])),
  };
}
