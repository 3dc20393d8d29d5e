import type { UnitSet } from '../objective/objective';
import type { DuplicatesRequest } from './duplicates';
import { UnitElements } from './unitElements';

/** How far the units of a layer are apart. */
export interface UnitDistances {
  /** Indices of the units that are compared, copies side by side. */
  units: number[];
  /** Relative distance of the weights of two units, [units][units]. */
  weights: number[][];
  /** The same for their gradients; null without a gradient. */
  gradient: number[][] | null;
}

/** Largest number of units that are compared. */
const MOST_UNITS = 24;
/** Largest number of copies among them, so that other units remain to compare with. */
const MOST_COPIES = 16;
const DIGITS = 3;

/**
 * Compares units pair by pair, incoming and outgoing weights together:
 *   d(a, b) = ‖u_a − u_b‖ / max(‖u_a‖, ‖u_b‖), and 0 where both are zero.
 * Cost: 24²/2 passes over the elements of a unit.
 * @param copies groups of units with equal weights, which come first
 */
export function unitDistances(
  { units, slices }: UnitSet,
  copies: readonly (readonly number[])[],
  { parameters, theta, gradient }: DuplicatesRequest,
): UnitDistances {
  const elements = new UnitElements(units, slices, parameters);
  const first = copies.flat().slice(0, MOST_COPIES);
  const others = [...Array(units).keys()].filter((unit) => !first.includes(unit));
  const shown = [...first, ...others].slice(0, MOST_UNITS);
  const distances = (vector: Float32Array): number[][] => {
    const squares = elements.squares(vector);
    return shown.map((a) =>
      shown.map((b) => {
        const scale = Math.max(squares[a], squares[b]);
        const distance = a === b || scale === 0 ? 0 : Math.sqrt(elements.squaredDistance(vector, a, b) / scale);
        return Number(distance.toPrecision(DIGITS));
      }),
    );
  };
  return { units: shown, weights: distances(theta), gradient: gradient && distances(gradient) };
}
