import { norm, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { DirectionName, WideScan } from '../report/report';
import { naturalRadius } from './naturalDirection';
import { operatorNorm } from './operatorNorm';

/** A direction of wide scans, scaled so that α = 1 is as far as the weights themselves. */
export interface WideDirection {
  name: DirectionName;
  vector: Float32Array;
  /** ‖vector‖ */
  length: number;
}

/**
 * Scales a direction so that α = 1 changes the tensor that changes most by its own operator norm, and all of θ by at
 * most ‖θ‖. The gains of layers multiply, and each is bounded by an operator norm: with this scale no layer gains more
 * than a factor 1 + α, however many weights it has. A step of length ‖θ‖ along a gradient of low rank would multiply
 * the gains of a wide network many times over. Biases and other one-dimensional tensors count only where there is
 * nothing else, as in filter normalization.
 * @returns null for a zero vector
 */
export function wideDirection(
  { parameters, theta }: Pick<Objective, 'parameters' | 'theta'>,
  name: DirectionName,
  vector: Float32Array,
): WideDirection | null {
  const size = norm(vector);
  if (!(size > 0) || !Number.isFinite(size)) return null;
  const matrices = parameters.filter(({ filters }) => filters);
  const changes = (matrices.length > 0 ? matrices : parameters).map((tensor) => {
    const part = (of: Float32Array) => operatorNorm(of.subarray(tensor.offset, tensor.offset + tensor.count), tensor);
    const own = part(theta);
    return own > 0 ? part(vector) / own : 0;
  });
  const radius = norm(theta) || naturalRadius(parameters, theta);
  const factor = 1 / Math.max(size / radius, ...changes);
  return { name, vector: scaled(factor, vector), length: factor * size };
}

/** Measures the losses at these α that the scan does not have yet, in one question. @returns the scan with them */
export async function extendScan(
  objective: Pick<Objective, 'plane'>,
  { name, vector, length }: WideDirection,
  known: Pick<WideScan, 'alpha' | 'loss'>,
  alphas: readonly number[],
  signal?: AbortSignal,
): Promise<WideScan> {
  const missing = alphas.filter((alpha) => !known.alpha.includes(alpha));
  const points = missing.map((alpha) => ({ alpha, beta: 0 }));
  const values = points.length > 0 ? await objective.plane(vector, null, points, { signal }) : [];
  const all = [
    ...known.alpha.map((alpha, i) => ({ alpha, loss: known.loss[i] })),
    ...missing.map((alpha, i) => ({ alpha, loss: values[i].loss })),
  ].sort((a, b) => a.alpha - b.alpha);
  return { direction: name, length, alpha: all.map(({ alpha }) => alpha), loss: all.map(({ loss }) => loss) };
}

/** The same distances on both sides of θ. */
export function bothSides(distances: readonly number[]): number[] {
  return [...distances.map((distance) => -distance).reverse(), ...distances];
}
