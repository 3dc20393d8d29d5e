import type { MatrixDataPoint } from 'chartjs-chart-matrix';
import type { Plane } from '../../src/report/report';
import { formatCount } from '../../src/text/counts';
import { formatNumber, formatPercent } from '../../src/text/numbers';
import { valueText } from '../interpolation';
import { atGridPosition } from './contours';

/** A point of the plane, with the rectangle that the chart paints for it. */
export interface PlaneCell extends MatrixDataPoint {
  x: number;
  y: number;
  /** Right edge of the cell. The lower left corner is (x, y), and (right, top) is the corner opposite to it. */
  right: number;
  top: number;
  alpha: number;
  beta: number;
  loss: number;
  accuracy: number | undefined;
  /** Estimated error of interpolation; 0 at a measured point. Undefined in a plane that was measured completely. */
  error: number | undefined;
}

/** Makes one cell per point. Its edges lie halfway to the neighbouring points. */
export function planeCells({ x, y, loss, accuracy, error }: Plane): PlaneCell[] {
  const edges = (values: number[], index: number): [number, number] => [
    atGridPosition(values, index - 0.5),
    atGridPosition(values, index + 0.5),
  ];
  return y.values.flatMap((beta, row) =>
    x.values.map((alpha, column) => {
      const [left, right] = edges(x.values, column);
      const [bottom, top] = edges(y.values, row);
      return {
        x: left,
        y: bottom,
        right,
        top,
        alpha,
        beta,
        loss: loss[row]?.[column] ?? NaN,
        accuracy: accuracy?.[row]?.[column],
        error: error?.[row]?.[column],
      };
    }),
  );
}

/**
 * Describes the plane in one sentence for readers who cannot see the chart.
 * @param values names what the plane shows, in the plural
 */
export function planeSummary(plane: Plane, values = 'losses'): string {
  const measured = plane.evaluated?.flat();
  const cells = planeCells(plane).filter((_, index) => measured?.[index] ?? true);
  const finite = cells.filter(({ loss }) => Number.isFinite(loss));
  if (finite.length === 0) {
    return values === 'losses' ? 'No point of the plane has a finite loss.' : `None of the ${values} is finite.`;
  }
  const lowest = finite.reduce((a, b) => (b.loss < a.loss ? b : a));
  const highest = finite.reduce((a, b) => (b.loss > a.loss ? b : a));
  const centre = cells.find(({ alpha, beta }) => alpha === 0 && beta === 0);
  const where = ({ alpha, beta }: PlaneCell): string =>
    `α\u00a0=\u00a0${formatNumber(alpha, 3)}, β\u00a0=\u00a0${formatNumber(beta, 3)}`;
  const hidden = cells.length - finite.length;
  return [
    centre === lowest
      ? `The centre has the lowest of ${formatCount(cells.length)} measured ${values}, ${formatNumber(lowest.loss)}`
      : `Lowest of ${formatCount(cells.length)} measured ${values}: ${formatNumber(lowest.loss)} at ${where(lowest)}` +
        (centre ? `; the centre has ${formatNumber(centre.loss)}` : ''),
    `; highest: ${formatNumber(highest.loss)} at ${where(highest)}.`,
    hidden > 0 ? ` ${hidden} point${hidden === 1 ? ' is' : 's are'} not finite.` : '',
  ].join('');
}

export function cellText(cell: PlaneCell | undefined, quantity = 'loss'): string[] {
  if (!cell) return [];
  return [
    `α ${formatNumber(cell.alpha)}   β ${formatNumber(cell.beta)}`,
    ...valueText(quantity, cell.loss, 4, cell.error),
    ...(cell.accuracy === undefined ? [] : [`accuracy ${cell.error ? '≈ ' : ''}${formatPercent(cell.accuracy)}`]),
  ];
}

export function ends(values: readonly number[]): [number, number] {
  return [values[0], values.at(-1)!];
}

export function cellEdges(values: readonly number[]): [number, number] {
  return [atGridPosition(values, -0.5), atGridPosition(values, values.length - 0.5)];
}
