import type { LossValue, Objective } from '../objective/objective';
import type { Plane } from '../report/report';
import type { Direction } from './direction';
import { cosine } from './direction';
import { centreIndex, coarseToFine, gridValues } from './grid';
import type { Level, Range } from './grid';

export interface PlaneOptions {
  signal?: AbortSignal;
  onPoint?: (done: number, total: number) => void;
  /** Whenever a coarser grid is complete: a real, smaller plane, so that the picture sharpens as it is measured. */
  onPlane?: (plane: Plane) => void;
}

/**
 * L(θ + α·x + β·y) over a grid, loss[β][α]: the centre first, then from coarse to fine. NaN and ∞ stay what they are.
 * Cost: one loss per grid point. Points are computed from α and β alone, inside the graph.
 */
export async function samplePlane(
  objective: Objective,
  x: Direction,
  y: Direction,
  ranges: { x: Range; y: Range },
  options: PlaneOptions = {},
): Promise<Plane> {
  const alpha = gridValues(ranges.x);
  const beta = gridValues(ranges.y);
  const levels = coarseToFine(beta.length, alpha.length, [centreIndex(beta), centreIndex(alpha)]);
  const order = levels.flatMap(({ points }) => points);
  const grid = beta.map(() => new Array<LossValue | undefined>(alpha.length));
  const planeOf = ({ rows, columns }: Pick<Level, 'rows' | 'columns'>): Plane => {
    const cells = rows.map((row) => columns.map((column) => grid[row]![column]!));
    const accuracy = cells.map((line) => line.map((cell) => cell.accuracy));
    return {
      x: { direction: x.name, values: columns.map((column) => alpha[column]!) },
      y: { direction: y.name, values: rows.map((row) => beta[row]!) },
      loss: cells.map((line) => line.map((cell) => cell.loss)),
      ...(accuracy.flat().some((value) => !Number.isNaN(value)) ? { accuracy } : {}),
      cosine: cosine(x, y),
    };
  };

  let done = 0;
  const missing = levels.map(({ points }) => points.length);
  const levelOf = levels.flatMap(({ points }, level) => points.map(() => level));
  let complete = 0;
  const values = await objective.plane(
    x.vector,
    y.vector,
    order.map(([row, column]) => ({ alpha: alpha[column]!, beta: beta[row]! })),
    {
      signal: options.signal,
      onPoint: (index, value) => {
        const [row, column] = order[index]!;
        grid[row]![column] = value;
        options.onPoint?.(++done, order.length);
        missing[levelOf[index]!]!--;
        for (; missing[complete] === 0; complete++) {
          // A single point is no picture, and the last level is the answer itself.
          if (complete > 0 && complete < levels.length - 1) options.onPlane?.(planeOf(levels[complete]!));
        }
      },
    },
  );
  order.forEach(([row, column], k) => (grid[row]![column] = values[k]));
  return planeOf({ rows: beta.map((_, i) => i), columns: alpha.map((_, i) => i) });
}
