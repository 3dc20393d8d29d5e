import { gaussianVector, random } from '../numerics/random';
import { axpy, dot, norm, normalize, scale } from '../numerics/vectors';
import type { NamedValues, Objective, ParameterTensor } from '../objective/objective';
import { directionName } from '../options/direction';
import type { DirectionName } from '../report/report';
import { counted } from '../text/counts';
import { formatNumber } from '../text/numbers';
import { normalizeDirection } from './filterNormalize';
import type { Normalization } from './filterNormalize';

/** A direction in parameter space, ready for use. */
export interface Direction {
  name: DirectionName;
  vector: Float32Array;
  norm: number;
  /** How running statistics change along it, where they do. They count neither for the norm nor for angles. */
  statistics?: readonly NamedValues[];
  /** Sentences on what was changed: filters that are held fixed, components that were removed. */
  notes: string[];
  /** Sentences on what is as every such direction has it. */
  remarks?: string[];
}

/** ∇L / ‖∇L‖, or null if the gradient is exactly zero. */
export function gradientDirection(gradient: Float32Array): Direction | null {
  return unitDirection('gradient', gradient);
}

/** θ itself; null where θ = 0. */
export function parametersDirection(theta: Float32Array): Direction | null {
  return direction('parameters', Float32Array.from(theta));
}

/** A unit eigenvector: 'top/1', 'bottom/2'. Its sign is arbitrary: the largest component is made positive. */
export function eigenvectorDirection(name: DirectionName, vector: Float32Array): Direction {
  const unit = unitDirection(name, vector);
  if (!unit) throw new Error(`The eigenvector ${name} is zero.`);
  if (largestComponent(unit.vector) < 0) scale(-1, unit.vector);
  return unit;
}

/**
 * The other model minus this one; null if both are the same.
 * @param statistics the same difference of the running statistics, where they move along
 */
export function toModelDirection(
  path: string,
  theta: Float32Array,
  other: Float32Array,
  statistics: readonly NamedValues[] = [],
): Direction | null {
  const difference = Float32Array.from(other);
  axpy(-1, theta, difference);
  const name = `to/${path}`;
  if (statistics.length === 0) return direction(name, difference);
  const tensors = statistics.length === 1 ? 'tensor' : 'tensors';
  const note = `the running statistics of BatchNormalization (${statistics.length} ${tensors}) move along, so that it ends at the other model; --keep-statistics leaves them as they are.`;
  return { name, vector: difference, norm: norm(difference), statistics, notes: [note] };
}

/** Vectors made by `vectorFor`. They are kept because a layer that remembers points compares vectors by identity. */
const wideVectors = new WeakMap<Direction, Float32Array>();

/** The vector of a direction for an objective, with the changes of the running statistics where these count in its θ. */
export function vectorFor(
  { dim, parameters }: Pick<Objective, 'dim' | 'parameters'>,
  direction: Direction,
): Float32Array {
  if (direction.vector.length === dim) return direction.vector;
  const known = wideVectors.get(direction);
  if (known?.length === dim) return known;
  const wide = new Float32Array(dim);
  // The statistics follow the parameters.
  wide.set(direction.vector);
  for (const { name, offset, statistic } of parameters) {
    const change = statistic && direction.statistics?.find((each) => each.name === name);
    if (change) wide.set(change.values, offset);
  }
  wideVectors.set(direction, wide);
  return wide;
}

export interface RandomOptions {
  seed: number;
  /** Distinguishes the directions of one seed: 0 for the first axis, 1 for the second. */
  stream: number;
  normalization: Normalization;
  /** Whether biases and other one-dimensional tensors move; by default only without normalization. */
  biases?: boolean;
}

/**
 * A seeded Gaussian direction, scaled to the weights by filter, by tensor, by weight or not at all. The name and the
 * shape of a tensor decide the numbers in it, so models of one architecture share the direction before scaling, whatever
 * the order of the tensors in their files.
 * @returns null if no weight may move, as in a model of biases only
 */
export function randomDirection(
  parameters: readonly ParameterTensor[],
  theta: Float32Array,
  { seed, stream, normalization, biases }: RandomOptions,
): Direction | null {
  const gaussian = new Float32Array(theta.length);
  for (const { name, shape, offset, count } of parameters)
    gaussian.set(gaussianVector(count, random(seed, 'direction', stream, name, ...shape)), offset);
  const { vector, heldStill, zeroFilters } = normalizeDirection(gaussian, theta, parameters, normalization, biases);
  const result = direction(directionName({ kind: 'random', normalization, biases }), vector);
  if (!result) return null;
  if (heldStill.length)
    result.remarks = [`biases and other one-dimensional tensors stay as they are (${list(heldStill)}).`];
  if (zeroFilters)
    result.notes.push(`${counted(zeroFilters, 'filter')} held still because all weights in them are zero.`);
  return result;
}

/**
 * `second` without its component along `first`; null if nothing remains. The component is removed after all scaling, so
 * that the axes of a plane really are at right angles. In high dimensions, two random directions are nearly orthogonal.
 */
export function orthogonalTo(first: Direction, second: Direction): Direction | null {
  const before = cosine(first, second);
  const vector = Float32Array.from(second.vector);
  // The second pass removes the rounding of the first subtraction.
  for (let pass = 0; pass < 2; pass++) axpy(-dot(first.vector, vector) / first.norm ** 2, first.vector, vector);
  if (norm(vector) <= PARALLEL * second.norm) return null;
  const note = `Made orthogonal to «${first.name}» (cosine before: ${formatNumber(before, 2)}).`;
  return { name: second.name, vector, norm: norm(vector), notes: [...second.notes, note], remarks: second.remarks };
}

export function cosine(a: Direction, b: Direction): number {
  return dot(a.vector, b.vector) / (a.norm * b.norm);
}

/** Relative length of a vector minus itself in float32. */
const PARALLEL = 1e-5;

function direction(name: DirectionName, vector: Float32Array): Direction | null {
  const length = norm(vector);
  return length > 0 ? { name, vector, norm: length, notes: [] } : null;
}

function unitDirection(name: DirectionName, vector: Float32Array): Direction | null {
  const unit = Float32Array.from(vector);
  return normalize(unit) > 0 ? direction(name, unit) : null;
}

function largestComponent(vector: Float32Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest;
}

const NAMED = 4;

function list(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
}
