import type { Objective } from '../../src/objective/objective';
import { quadratic } from './closedFormObjective';

/** An objective whose planes are a given function of α and β. It counts the points. */
export function surfaceObjective(
  surface: (alpha: number, beta: number) => number,
): Objective & { points: { alpha: number; beta: number }[] } {
  const points: { alpha: number; beta: number }[] = [];
  return {
    ...quadratic([[1]], [0]),
    points,
    plane(_, __, wanted, { signal, onPoint } = {}) {
      const values = wanted.map((point, index) => {
        signal?.throwIfAborted();
        points.push(point);
        const value = { loss: surface(point.alpha, point.beta), accuracy: NaN };
        onPoint?.(index, value);
        return value;
      });
      return Promise.resolve(values);
    },
  };
}
