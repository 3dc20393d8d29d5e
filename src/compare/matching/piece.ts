import type { IndexPlace } from '../../objective/objective';

/** Elements of a tensor in two weight vectors, over the indices that are still open. */
export interface Piece {
  /** First element in the own vector. */
  own: number;
  /** First element in the other one. */
  other: number;
  places: readonly IndexPlace[];
}

/** Which unit of the other network stands for each own unit. */
export interface UnitOrder {
  /** `to[i]` is the other network's unit for the own unit i. */
  to: Int32Array;
  /** The order of the units inside each own unit, where it is a block of others. */
  within: readonly Matching[];
}

/** An order for each index, by its number. */
export type Matching = ReadonlyMap<number, UnitOrder>;

/** Elements that stand for each other, as positions in the two vectors. */
export interface ElementPairs {
  own: Int32Array;
  other: Int32Array;
}

/** Whether other units of the piece lie inside those at a place. */
export const isBlock = ({ places }: Piece, place: number): boolean => places.some(({ block }) => block === place);

/** The part of a piece that belongs to one unit of each network. */
export function restricted({ own, other, places }: Piece, place: number, unit: number, otherUnit: number): Piece {
  const { stride } = places[place];
  const rest = places.filter((_, i) => i !== place).map((each) => withoutPlace(each, place));
  return { own: own + unit * stride, other: other + otherUnit * stride, places: rest };
}

function withoutPlace(each: IndexPlace, place: number): IndexPlace {
  if (each.block === null || each.block < place) return each;
  return { ...each, block: each.block === place ? null : each.block - 1 };
}

/** Adds the orders inside a unit to those outside. */
const inside = (matching: Matching, { within }: UnitOrder, unit: number): Matching =>
  new Map([...matching, ...within[unit]]);

/** Elements that one list of pairs holds at most; a larger piece gives several lists. */
const MOST_PAIRS = 1 << 18;

/** Passes the elements of a piece that stand for each other to a function, list by list. */
export function eachPairs(piece: Piece, matching: Matching, visit: (pairs: ElementPairs) => void): void {
  const { places } = piece;
  const count = places.reduce((product, { size }) => product * size, 1);
  const block = places.findIndex((place, i) => place.block === null && isBlock(piece, i));
  const cut = block >= 0 || count <= MOST_PAIRS ? block : 0;
  if (cut < 0) return visit(flatPairs(piece, matching));
  const order = orderAt(places[cut], matching);
  for (let unit = 0; unit < places[cut].size; unit++) {
    const part = restricted(piece, cut, unit, order ? order.to[unit] : unit);
    eachPairs(part, order && block >= 0 ? inside(matching, order, unit) : matching, visit);
  }
}

function flatPairs({ own, other, places }: Piece, matching: Matching): ElementPairs {
  let pairs: ElementPairs = { own: Int32Array.of(own), other: Int32Array.of(other) };
  for (const place of places) {
    const { size, stride } = place;
    const to = orderAt(place, matching)?.to;
    const { length } = pairs.own;
    const next = { own: new Int32Array(length * size), other: new Int32Array(length * size) };
    for (let k = 0; k < length; k++) {
      for (let i = 0; i < size; i++) {
        next.own[k * size + i] = pairs.own[k] + i * stride;
        next.other[k * size + i] = pairs.other[k] + (to ? to[i] : i) * stride;
      }
    }
    pairs = next;
  }
  return pairs;
}

function orderAt({ index }: IndexPlace, matching: Matching): UnitOrder | null {
  if (index === null) return null;
  const order = matching.get(index);
  if (!order) throw new Error(`No order of the units of index ${index}.`);
  return order;
}

/** Σ own · other over all elements that stand for each other, in float64. */
export function innerProduct(
  pieces: readonly Piece[],
  matching: Matching,
  own: Float32Array,
  other: Float32Array,
): number {
  let sum = 0;
  for (const piece of pieces) {
    eachPairs(piece, matching, (pairs) => {
      for (let k = 0; k < pairs.own.length; k++) sum += own[pairs.own[k]] * other[pairs.other[k]];
    });
  }
  return sum;
}
