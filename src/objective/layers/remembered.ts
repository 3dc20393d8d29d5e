import type { LossValue, Objective, PlanePoint } from '../objective';

/**
 * The objective, with every measured point of a line or plane kept, so that a picture begun early is finished later
 * without measuring a point twice. Directions are told apart by identity: use the same vectors again.
 */
export function remembered(objective: Objective): Objective {
  const planes = new WeakMap<Float32Array, Map<Float32Array | null, Map<string, LossValue>>>();
  const knownOf = (d1: Float32Array, d2: Float32Array | null) => {
    const seconds = planes.get(d1) ?? new Map<Float32Array | null, Map<string, LossValue>>();
    planes.set(d1, seconds);
    const known = seconds.get(d2) ?? new Map<string, LossValue>();
    seconds.set(d2, known);
    return known;
  };
  return {
    dim: objective.dim,
    parameters: objective.parameters,
    theta: objective.theta,
    samples: objective.samples,
    block: objective.block,
    overlapping: objective.overlapping,
    value: (...request) => objective.value(...request),
    gradient: (...request) => objective.gradient(...request),
    hvp: (...request) => objective.hvp(...request),
    ggnvp: (...request) => objective.ggnvp(...request),
    curvatures: (...request) => objective.curvatures(...request),
    async plane(d1, d2, points, options = {}) {
      // Pictures show the loss itself.
      if (options.piece) return objective.plane(d1, d2, points, options);
      const { signal, onPoint } = options;
      const known = knownOf(d1, d2);
      const missing: number[] = [];
      points.forEach((point, index) => {
        const value = known.get(keyOf(point));
        if (value) onPoint?.(index, value);
        else missing.push(index);
      });
      const rest = missing.map((index) => points[index]!);
      if (rest.length) {
        const values = await objective.plane(d1, d2, rest, {
          signal,
          onPoint(i, value) {
            known.set(keyOf(rest[i]!), value);
            onPoint?.(missing[i]!, value);
          },
        });
        values.forEach((value, i) => known.set(keyOf(rest[i]!), value));
      }
      return points.map((point) => known.get(keyOf(point))!);
    },
    preview: (batches) => objective.preview(batches),
    dispose: () => objective.dispose(),
  };
}

function keyOf({ alpha, beta }: PlanePoint): string {
  return `${alpha} ${beta}`;
}
