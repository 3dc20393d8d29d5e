import type { LossValue, Objective, PlanePoint } from '../objective';
import { layer } from './layer';

/**
 * Keeps every measured point of a line or plane, so that a plot that was started earlier is completed without measuring
 * a point twice. Directions are compared by identity, so the caller must pass the same vectors again.
 */
export function remembered(objective: Objective): Objective {
  const { value, gradient, products, curvatures, perSample, deviations, inside, preview } = objective;
  const valuesAlong = planeMemory();
  return layer(objective, {
    value,
    gradient,
    products,
    curvatures,
    perSample,
    deviations,
    inside,
    preview,
    async plane(d1, d2, points, asked = {}) {
      // Plots show the loss itself, so values on a smooth piece are not remembered.
      if (asked.piece) return objective.plane(d1, d2, points, asked);
      const { signal, onPoint } = asked;
      const known = valuesAlong(d1, d2);
      const values: LossValue[] = [];
      const missing: number[] = [];
      for (const [index, point] of points.entries()) {
        const found = known.get(keyOf(point));
        if (!found) {
          missing.push(index);
          continue;
        }
        values[index] = found;
        onPoint?.(index, found);
      }
      if (missing.length === 0) return values;
      const rest = missing.map((index) => points[index]);
      const measured = await objective.plane(d1, d2, rest, {
        signal,
        onPoint(i, found) {
          known.set(keyOf(rest[i]), found);
          onPoint?.(missing[i], found);
        },
      });
      for (const [i, found] of measured.entries()) {
        known.set(keyOf(rest[i]), found);
        values[missing[i]] = found;
      }
      return values;
    },
  });
}

/** Stores values by direction and point. The entries are freed together with the direction vectors. */
function planeMemory() {
  const planes = new WeakMap<Float32Array, Map<Float32Array | null, Map<string, LossValue>>>();
  return (d1: Float32Array, d2: Float32Array | null): Map<string, LossValue> => {
    const seconds = planes.get(d1) ?? new Map<Float32Array | null, Map<string, LossValue>>();
    planes.set(d1, seconds);
    const known = seconds.get(d2) ?? new Map<string, LossValue>();
    seconds.set(d2, known);
    return known;
  };
}

function keyOf({ alpha, beta }: PlanePoint): string {
  return `${alpha} ${beta}`;
}
