import type { Line } from '../../src/report/report';
import { describeDirection } from '../directions';
import type { ChartTable } from './chartTable';

/** What was measured along a line, with NaN and ∞ as they are, which the chart leaves out. */
export function lineTable({ direction, alpha, loss, accuracy, rSquared, error, test }: Line): ChartTable {
  const whose = test ? 'training ' : '';
  const lists: [string, readonly number[] | undefined][] = [
    [`${whose}loss`, loss],
    [`error of ${whose}loss by interpolation`, error],
    [`${whose}accuracy`, accuracy],
    [`${whose}R²`, rSquared],
    ['test loss', test?.loss],
    ['test accuracy', test?.accuracy],
    ['test R²', test?.rSquared],
  ];
  const known = lists.filter(([, list]) => list !== undefined);
  return {
    columns: [`α × ${describeDirection(direction).unit}`, ...known.map(([name]) => name)],
    rows: alpha.map((value, i) => [value, ...known.map(([, list]) => list?.[i] ?? null)]),
  };
}
