import { sizeOf } from '../../graph/tensor';
import type { Factor, IndexFamily, UnitAxis } from './factor';
import { leaves, lengthOf, merge, newAxis, standing, unify } from './factor';

/** A factor of a part of a tensor. */
export interface PlacedFactor {
  factor: Factor;
  size: number;
  /** Elements from one entry to the next. */
  stride: number;
}

/** A part of a tensor in which every factor counts the same units throughout, such as the rows of one gate. */
export interface AxisPiece {
  /** First element. */
  offset: number;
  /** In the order of the memory, the last one fastest. */
  places: readonly PlacedFactor[];
}

/** A tensor that would fall into more parts than this has one order for all of them. */
const MOST_PIECES = 1024;

/**
 * Cuts a tensor where its indices are joined of several, and at the entries at which they differ.
 * @param axes the axes of the tensor
 * @param loose receives the factors with families whose index does not stand beside them: one order fits them all
 */
export function piecesOf(axes: readonly UnitAxis[], loose: Set<Factor> = new Set()): AxisPiece[] {
  const factors = leaves(axes.flat());
  const places = placed(factors, 1);
  const pieces: AxisPiece[] = [];
  const visit = (offset: number, all: readonly PlacedFactor[], entries: ReadonlyMap<Factor, number>): void => {
    if (pieces.length > MOST_PIECES) return;
    const known = all.flatMap((place) => atEntries(place, entries));
    const over = indexOfFamilies(known);
    if (over) {
      const rest = known.filter((place) => place !== over);
      for (let entry = 0; entry < over.size; entry++) {
        visit(offset + entry * over.stride, rest, new Map(entries).set(over.factor, entry));
      }
      return;
    }
    const sum = known.find(({ factor }) => factor.segments !== null);
    if (sum) {
      let start = 0;
      for (const segment of sum.factor.segments!) {
        const inside = placed(leaves(segment), sum.stride);
        visit(
          offset + start * sum.stride,
          known.flatMap((place) => (place === sum ? inside : [place])),
          entries,
        );
        start += lengthOf(segment);
      }
      return;
    }
    for (const { factor } of known) if (factor.families.length > 0) loose.add(factor);
    pieces.push({ offset, places: known });
  };
  visit(0, places, new Map());
  if (pieces.length > MOST_PIECES) for (const factor of factors) if (factor.families.length > 0) loose.add(factor);
  return pieces;
}

function placed(factors: readonly Factor[], stride: number): PlacedFactor[] {
  return factors.map((factor, i) => {
    const inner = sizeOf(factors.slice(i + 1).map(({ size }) => size));
    return { factor, size: factor.size, stride: stride * inner };
  });
}

/** What stands at a place where entries of other indices are chosen. */
function atEntries(place: PlacedFactor, entries: ReadonlyMap<Factor, number>): PlacedFactor[] {
  for (const { over, members } of place.factor.families) {
    const entry = entries.get(standing(over));
    if (entry === undefined) continue;
    const member = members.get(entry) ?? newAxis(place.size);
    members.set(entry, member);
    return placed(leaves(member), place.stride).flatMap((inner) => atEntries(inner, entries));
  }
  return [place];
}

/** A place whose entries tell the members of another one apart. */
function indexOfFamilies(places: readonly PlacedFactor[]): PlacedFactor | null {
  for (const { factor } of places) {
    for (const { over } of factor.families) {
      const found = places.filter((place) => place.factor === standing(over));
      // Of an index that stands there twice, no one knows which one tells.
      if (found.length === 1 && found[0].factor !== factor) return found[0];
    }
  }
  return null;
}

/**
 * Gives one order to all members of each family that is read somewhere without the index that tells its members apart.
 * Afterwards each factor has at most one family, and all its orders are those of the members.
 * @param tensors the axes of everything that is read
 */
export function settleFamilies(tensors: () => Iterable<readonly UnitAxis[]>): void {
  for (;;) {
    const all = [...tensors()];
    const isTidy = all.every((axes) => leaves(axes.flat()).every(tidy));
    const loose = new Set<Factor>();
    if (isTidy) for (const axes of all) piecesOf(axes, loose);
    if (isTidy && loose.size === 0) return;
    for (const factor of loose) for (const family of factor.families) unify(factor, family);
  }
}

/** Leaves one family of a factor, none where its segments are read as well. @returns whether that was so already */
function tidy(factor: Factor): boolean {
  const [first, ...others] = factor.families;
  const extra = factor.segments && first ? [first, ...others] : others;
  for (const family of extra) {
    const isSame = family !== first && standing(family.over) === standing(first.over);
    if (isSame) adopt(first, family);
    factor.families = factor.families.filter((each) => each !== family);
    if (!isSame) unify(factor, family);
  }
  return extra.length === 0;
}

/** Makes the members of two families over one index the same. */
function adopt({ members }: IndexFamily, other: IndexFamily): void {
  for (const [entry, member] of other.members) {
    const known = members.get(entry);
    if (known) merge(member, known);
    else members.set(entry, member);
  }
}
