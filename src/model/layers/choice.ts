import type { Factor, UnitAxis } from './factor';
import { divideAt, fix, joined, leaves, lengthOf, newAxis, standing } from './factor';

/** One entry of an index, which has been read alone. */
export interface Entry {
  over: Factor;
  entry: number;
}

/** An index of more entries than this has no orders of its own at each of them. */
export const MOST_ENTRIES = 64;

/**
 * A range of an axis: what is left of the axis, and the indices of which a single entry is left. Null where the range does
 * not follow the factors.
 */
export function chosen(axis: UnitAxis, from: number, to: number): { axis: UnitAxis; entries: readonly Entry[] } | null {
  if (from === 0 && to === lengthOf(axis)) return { axis, entries: [] };
  const [first, ...rest] = leaves(axis);
  const inner = lengthOf(rest);
  const [a, b] = [Math.floor(from / inner), Math.ceil(to / inner)];
  const segment = segmentAt(first, a, b);
  if (segment) return chosen([...segment.axis, ...rest], from - segment.start * inner, to - segment.start * inner);
  if (b - a === 1) {
    fix([first]);
    const found = chosen(rest, from - a * inner, to - a * inner);
    return found && { axis: found.axis, entries: [{ over: first, entry: a }, ...found.entries] };
  }
  if (from % inner !== 0 || to % inner !== 0 || !divideAt(first, a) || !divideAt(first, b)) return null;
  let start = 0;
  const within = first.segments!.filter((each) => {
    const at = start;
    start += lengthOf(each);
    return at >= a && start <= b;
  });
  return { axis: [...joined(within), ...rest], entries: [] };
}

/** The segment of an index in which a range lies. */
function segmentAt({ segments }: Factor, from: number, to: number): { axis: UnitAxis; start: number } | null {
  let start = 0;
  for (const axis of segments ?? []) {
    const end = start + lengthOf(axis);
    if (from >= start && to <= end) return { axis, start };
    start = end;
  }
  return null;
}

/** What an axis is where single entries of other indices are left. */
export function at(axis: UnitAxis, entries: readonly Entry[]): UnitAxis {
  return entries.reduce<UnitAxis>((left, entry) => leaves(left).flatMap((leaf) => memberOf(leaf, entry)), axis);
}

/** The index that a factor is at one entry of another. */
function memberOf(factor: Factor, { over, entry }: Entry): UnitAxis {
  const outer = standing(over);
  if (factor.fixed || factor === outer || outer.size > MOST_ENTRIES) return [factor];
  let family = factor.families.find((each) => standing(each.over) === outer);
  if (!family) {
    family = { over: outer, members: new Map() };
    factor.families = [...factor.families, family];
  }
  const known = family.members.get(entry) ?? newAxis(factor.size);
  family.members.set(entry, known);
  return known;
}

/** The axis of values that are put on top of each other, of which each has an axis of its own. */
export function stacked(axes: readonly UnitAxis[], over: Factor): UnitAxis {
  const length = lengthOf(axes[0]);
  const [factor] = newAxis(length);
  if (!factor) return [];
  factor.families = [{ over, members: new Map(axes.entries()) }];
  return [factor];
}

export const isSame = (a: UnitAxis, b: UnitAxis): boolean => {
  const [left, right] = [leaves(a), leaves(b)];
  return left.length === right.length && left.every((leaf, i) => leaf === right[i]);
};
