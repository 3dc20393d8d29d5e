import { formatCount } from '../../text/counts';
import { formatNumber, formatWithError } from '../../text/numbers';
import { curvatureRatio } from '../curvatureRatio';
import type { PlaneCurvature } from '../sections/planeCurvature';

/** Says the ranges of both eigenvalues over a plane and how far from convex the loss is at most. */
export function planeCurvatureText(curvature: PlaneCurvature): string {
  const [highest, lowest] = [finite(curvature.lambdaMax), finite(curvature.lambdaMin)];
  if (highest.length === 0) return 'no finite curvature on the plane';
  const { value, error } = curvatureRatio(curvature);
  const ratios = value.flat().map((ratio, i) => ({ ratio, error: error.flat()[i] }));
  const largest = ratios.filter(({ ratio }) => Number.isFinite(ratio)).sort((a, b) => b.ratio - a.ratio)[0];
  const points = curvature.lambdaMax.flat().length;
  return [
    `λ_max ${between(highest)}, λ_min ${between(lowest)}`,
    ...(largest ? [`|λ_min/λ_max| at most ${formatWithError(largest.ratio, largest.error)}`] : []),
    `at ${formatCount(highest.length)} of ${formatCount(points)} points`,
  ].join(', ');
}

const finite = (matrix: readonly number[][]) => matrix.flat().filter(Number.isFinite);

function between(values: readonly number[]): string {
  return `${formatNumber(Math.min(...values), 3)} … ${formatNumber(Math.max(...values), 3)}`;
}
