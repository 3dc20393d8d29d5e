import { random, rademacherVector } from '../numerics/random';
import type { ParameterTensor, UnitSet } from '../objective/objective';
import { UnitElements } from './unitElements';

/** Units of one set that are copies of one another. */
export interface FoundDuplicates {
  units: number;
  /** Units that have a copy in the set. */
  duplicated: number;
  /** Number of different units among those. */
  groups: number;
  /** The indices of these units, by group, the largest group first. */
  copies: number[][];
  /**
   * Largest distance between the gradients of two copies, relative to the larger of their norm and the root mean square
   * over the set; null without a gradient.
   */
  gradientDifference: number | null;
  /** Units whose elements are all zero, which do not count as copies of each other where other units are not zero. */
  removed: number;
}

export interface DuplicatesRequest {
  parameters: readonly ParameterTensor[];
  theta: Float32Array;
  gradient: Float32Array | null;
}

/** Two units are equal where they differ by at most this many float32 roundings, relative to the norm of the unit. */
const ROUNDINGS = 16;
const UNIT_ROUNDOFF = 2 ** -24;
const EQUAL = ROUNDINGS * UNIT_ROUNDOFF;

/**
 * Finds units with equal incoming and outgoing weights. Exchanging two such units leaves θ as it is and, as for all units
 * of a set, the function too. So the gradient is the same with the two exchanged, and a method that follows it never
 * parts them. Units are sorted by a random projection, and neighbours are compared element by element.
 * Cost: a few passes over the parameters of the set.
 */
export function findDuplicates(set: UnitSet, { parameters, theta, gradient }: DuplicatesRequest): FoundDuplicates {
  const elements = new UnitElements(set.units, set.slices, parameters);
  const sizes = elements.squares(theta).map(Math.sqrt);
  const isWhole = sizes.every((size) => size === 0);
  const kept = [...sizes.keys()].filter((unit) => isWhole || sizes[unit] > 0);
  const groups = groupsOf(set, elements, theta, { kept, sizes }).filter((group) => group.length > 1);
  const copies = groups
    .map((group) => [...group].sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length || a[0] - b[0]);
  return {
    units: set.units,
    duplicated: groups.reduce((sum, group) => sum + group.length, 0),
    groups: groups.length,
    copies,
    gradientDifference: gradient ? gradientDifference(elements, groups, gradient) : null,
    removed: set.units - kept.length,
  };
}

function groupsOf(
  { units, kinds }: UnitSet,
  elements: UnitElements,
  theta: Float32Array,
  { kept, sizes }: { kept: readonly number[]; sizes: Float64Array },
): number[][] {
  const { projections, spread } = projected(elements, theta);
  const order = [...kept].sort((a, b) => projections[a] - projections[b]);
  const groups: number[][] = [];
  // Groups whose first unit may still lie near enough to the next units.
  let near: number[][] = [];
  for (const unit of order) {
    const reach = spread * EQUAL * sizes[unit];
    near = near.filter(([first]) => projections[unit] - projections[first] <= 2 * reach);
    const most = (EQUAL * sizes[unit]) ** 2;
    const group = near.find(
      ([first]) =>
        (!kinds || kinds[first] === kinds[unit]) && elements.squaredDistance(theta, first, unit, most) <= most,
    );
    if (group) group.push(unit);
    else {
      const made = [unit];
      groups.push(made);
      near.push(made);
    }
  }
  return units > 1 ? groups : [];
}

/**
 * Σ r·θ over the elements of each unit, with random signs r that are the same for all units; elements on two axes count
 * with r = 1, since exchanging units permutes them.
 */
function projected(elements: UnitElements, theta: Float32Array): { projections: Float64Array; spread: number } {
  const projections = new Float64Array(elements.units);
  const seen = new Int32Array(elements.units);
  let most = 0;
  elements.each((unit) => (most = Math.max(most, ++seen[unit])));
  const signs = rademacherVector(most, random(0, 'projection of units'));
  seen.fill(0);
  elements.each((unit, place, isOnAxisTwice) => {
    const sign = signs[seen[unit]++];
    projections[unit] += isOnAxisTwice ? theta[place] : sign * theta[place];
  });
  return { projections, spread: Math.sqrt(most) };
}

function gradientDifference(
  elements: UnitElements,
  groups: readonly (readonly number[])[],
  gradient: Float32Array,
): number {
  const squares = elements.squares(gradient);
  const mean = squares.reduce((sum, square) => sum + square, 0) / elements.units;
  const differences = groups.flatMap(([first, ...others]) =>
    others.map((unit) => {
      const scale = Math.max(squares[first], squares[unit], mean);
      return scale > 0 ? Math.sqrt(elements.squaredDistance(gradient, first, unit) / scale) : 0;
    }),
  );
  return Math.max(0, ...differences);
}

/** Σ log n!: the logarithm of the number of weights that compute the same function by exchanging units. */
export function logPermutations(sets: readonly UnitSet[]): number {
  return sets.reduce((sum, { units, kinds }) => {
    const sizes = new Map<number, number>();
    for (const kind of kinds ?? []) sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
    const counts = kinds ? [...sizes.values()] : [units];
    return sum + counts.reduce((a, n) => a + logFactorial(n), 0);
  }, 0);
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}
