import type { Plane } from '../../src/report/report';
import { describeDirection } from '../directions';
import type { ChartTable } from './chartTable';

/** The points of a plane, row by row: their places, the figure, what else was measured, and where it is interpolated. */
export function planeTable({ x, y, loss, accuracy, rSquared, error, evaluated }: Plane, quantity: string): ChartTable {
  const matrices: [string, number[][] | undefined][] = [
    [quantity, loss],
    ['accuracy', accuracy],
    ['R²', rSquared],
    ['error of interpolation', error],
  ];
  const known = matrices.filter(([, matrix]) => matrix !== undefined);
  return {
    columns: [
      `α × d₁ (${describeDirection(x.direction).short})`,
      `β × d₂ (${describeDirection(y.direction).short})`,
      ...known.map(([name]) => name),
      ...(evaluated ? ['measured'] : []),
    ],
    rows: y.values.flatMap((beta, row) =>
      x.values.map((alpha, column) => [
        alpha,
        beta,
        ...known.map(([, matrix]) => matrix?.[row]?.[column] ?? null),
        ...(evaluated ? [evaluated[row]?.[column] === true ? 'yes' : 'no'] : []),
      ]),
    ),
  };
}
