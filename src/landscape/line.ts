import type { LossValue, Objective } from '../objective/objective';
import type { Line } from '../report/report';
import type { Direction } from './direction';
import { centreIndex, coarseToFine, gridValues } from './grid';
import type { Range } from './grid';

/**
 * L(θ + α·d) for α over a range, the centre first and then from coarse to fine. NaN and ∞ stay what they are.
 * Cost: one loss per point. Points are computed from α alone, inside the graph.
 */
export async function sampleLine(
  objective: Objective,
  direction: Direction,
  range: Range,
  options: { signal?: AbortSignal; onPoint?: (done: number, total: number, value: LossValue) => void } = {},
): Promise<Line> {
  const alpha = gridValues(range);
  const order = coarseToFine(1, alpha.length, [0, centreIndex(alpha)]).flatMap(({ points }) =>
    points.map(([, i]) => i),
  );
  const points = order.map((i) => ({ alpha: alpha[i]!, beta: 0 }));
  let done = 0;
  const values = await objective.plane(direction.vector, null, points, {
    signal: options.signal,
    onPoint: (_, value) => options.onPoint?.(++done, points.length, value),
  });
  const loss = new Array<number>(alpha.length);
  const accuracy = new Array<number>(alpha.length);
  order.forEach((i, k) => {
    loss[i] = values[k]!.loss;
    accuracy[i] = values[k]!.accuracy;
  });
  return {
    direction: direction.name,
    alpha,
    loss,
    ...(hasAccuracy(accuracy) ? { accuracy } : {}),
    directionNorm: direction.norm,
  };
}

/** Accuracy is NaN everywhere where targets are no classes, and then left out. */
function hasAccuracy(accuracy: readonly number[]): boolean {
  return accuracy.some((value) => !Number.isNaN(value));
}
