import type { Plane } from '../../src/report/report';
import type { PlanePointFigures } from '../../src/report/sections/planePoint';
import { formatMeasured, formatNumber, formatPercent } from '../../src/text/numbers';
import type { PlaneMark } from './planePoints';

/** Marks the points of a plane that someone measured, numbered as in the table below it. */
export function measuredMarks({ points = [] }: Plane): PlaneMark[] {
  return points.map((point, i) => ({
    x: point.x,
    y: point.y,
    kind: 'measured',
    label: String(i + 1),
    text: measuredText(point),
  }));
}

/** What a tooltip says of a measured point. */
function measuredText(point: PlanePointFigures): string[] {
  const { x, y, loss, accuracy, rSquared, gradientNorm, lambdaMax, lambdaMin } = point;
  return [
    `α ${formatNumber(x)}   β ${formatNumber(y)}`,
    `loss ${formatNumber(loss)}, measured`,
    ...(accuracy === undefined ? [] : [`accuracy ${formatPercent(accuracy)}`]),
    ...(rSquared === undefined ? [] : [`R² ${formatNumber(rSquared)}`]),
    ...(gradientNorm === undefined ? [] : [`‖∇L‖ ${formatNumber(gradientNorm)}`]),
    ...(lambdaMax ? [`λ_max ${formatMeasured(lambdaMax.value, lambdaMax.residual)}`] : []),
    ...(lambdaMin ? [`λ_min ${formatMeasured(lambdaMin.value, lambdaMin.residual)}`] : []),
  ];
}

/** Steps per range of an axis to which a clicked place is rounded: finer than a pixel. */
const FINENESS = 3;

/** Rounds a clicked coordinate to a decimal that is finer than a pixel, so that it can be read and typed. */
export function roundedPlace(value: number, values: readonly number[]): number {
  const range = Math.abs(values.at(-1)! - values[0]);
  const decimals = FINENESS - Math.floor(Math.log10(range));
  // Adding 0 turns −0 into 0.
  return decimals > 0 ? Number(value.toFixed(Math.min(decimals, 100))) + 0 : Math.round(value) + 0;
}
