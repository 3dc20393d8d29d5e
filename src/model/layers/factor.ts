/**
 * An index that axes of several tensors share, such as the units of a hidden layer. An axis is a list of factors, the
 * first one outermost: a flattened image has the factors channels and places.
 */
export class Factor {
  /** The factors that this one has turned out to be; null while it stands for itself. */
  stands: readonly Factor[] | null = null;
  /** The axes that were joined to this index, one after the other, such as the channels of two branches. */
  segments: readonly UnitAxis[] | null = null;
  /** What this index is at single entries of others, such as the units of one of several gates. */
  families: readonly IndexFamily[] = [];

  /** @param fixed whether the order of the index has a meaning, as that of features, classes or places has */
  constructor(
    readonly size: number,
    public fixed = false,
  ) {}
}

/**
 * One index for each entry of another. Where a stack [3, d] holds queries, keys and values, the index d of each of the
 * three has an order of its own, as long as nothing reads d without telling which of the three it is.
 */
export interface IndexFamily {
  over: Factor;
  /** By the entry of `over`; an entry that nothing has read alone has no member yet. */
  members: Map<number, UnitAxis>;
}

export type UnitAxis = readonly Factor[];

/** An axis of a length; axes of length 1 have no factor. */
export function newAxis(size: number, fixed = false): UnitAxis {
  return size === 1 ? [] : [new Factor(size, fixed)];
}

/** The factors of an axis that stand for themselves. */
export function leaves(axis: UnitAxis): Factor[] {
  return axis.flatMap((factor) => {
    if (!factor.stands) return [factor];
    const found = leaves(factor.stands);
    factor.stands = found;
    return found;
  });
}

/** The one factor that a factor stands for; itself where it was cut. */
export function standing(factor: Factor): Factor {
  const [only, ...others] = leaves([factor]);
  return only && others.length === 0 ? only : factor;
}

export const lengthOf = (axis: UnitAxis): number => axis.reduce((product, { size }) => product * size, 1);

/** Gives the order of an axis a meaning. */
export function fix(axis: UnitAxis): void {
  for (const leaf of leaves(axis)) {
    if (leaf.fixed) continue;
    leaf.fixed = true;
    leaf.segments?.forEach(fix);
    for (const { members } of leaf.families) members.forEach(fix);
  }
}

/** Cuts off the outermost factors of a length, or returns null where no factor ends there. */
export function cut(axis: UnitAxis, size: number): { head: UnitAxis; tail: UnitAxis } | null {
  const rest = leaves(axis);
  const head: Factor[] = [];
  for (let left = size; left > 1;) {
    const [factor] = rest;
    if (!factor) return null;
    if (left % factor.size === 0) {
      head.push(factor);
      rest.shift();
      left /= factor.size;
    } else {
      const parts = factor.size % left === 0 ? split(factor, left) : null;
      if (!parts) return null;
      rest.splice(0, 1, ...parts);
    }
  }
  return { head, tail: rest };
}

/** Makes two axes of one length the same index. Where their factors do not fit together, the order of both is fixed. */
export function merge(a: UnitAxis, b: UnitAxis): void {
  let [left, right] = [leaves(a), leaves(b)];
  while (left.length > 0 && right.length > 0) {
    const [f, g] = [left[0], right[0]];
    if (f.size === g.size) {
      if (f !== g) unite(f, g);
      [left, right] = [leaves(left.slice(1)), leaves(right.slice(1))];
      continue;
    }
    const [long, short] = f.size > g.size ? [f, g] : [g, f];
    if (long.size % short.size !== 0 || !split(long, short.size)) {
      fix(left);
      fix(right);
      return;
    }
    [left, right] = [leaves(left), leaves(right)];
  }
}

/** Lets `f` stand for `g`, of the same size, with all that is known of it. */
function unite(f: Factor, g: Factor): void {
  const isFixed = f.fixed || g.fixed;
  const [own, other] = [f.segments, g.segments];
  f.stands = [g];
  g.segments = other ?? own;
  g.families = [...g.families, ...f.families];
  [f.segments, f.families] = [null, []];
  if (own && other) join(g, own);
  if (!isFixed) return;
  g.fixed = false;
  fix([g]);
}

/** Makes the segments of an index those of another list of axes of the same length, too. */
function join(factor: Factor, axes: readonly UnitAxis[]): void {
  const other = new Factor(factor.size);
  other.segments = axes;
  const ends = [...endsOf(factor), ...endsOf(other)];
  const fit = ends.every((end) => divideAt(factor, end) && divideAt(other, end));
  if (fit) factor.segments!.forEach((segment, i) => merge(segment, other.segments![i]));
  else {
    factor.segments!.forEach(fix);
    other.segments.forEach(fix);
  }
}

function endsOf({ segments }: Factor): number[] {
  let end = 0;
  return (segments ?? []).map((segment) => (end += lengthOf(segment)));
}

/** Ends a segment of a factor at a place. @returns false where the factor cannot be divided there */
export function divideAt(factor: Factor, at: number): boolean {
  if (at === 0 || at === factor.size) return true;
  factor.segments ??= [[new Factor(at, factor.fixed)], newAxis(factor.size - at, factor.fixed)];
  const ends = endsOf(factor);
  const cutOff = ends.findIndex((end) => end >= at);
  if (ends[cutOff] === at) return true;
  const parts = divided(factor.segments[cutOff], at - (ends[cutOff - 1] ?? 0));
  if (!parts) return false;
  factor.segments = factor.segments.toSpliced(cutOff, 1, ...parts);
  return true;
}

/** Both parts of an axis that is divided within its outermost factor; null where that does not fit. */
function divided(axis: UnitAxis, at: number): UnitAxis[] | null {
  const [first, ...rest] = leaves(axis);
  const inner = lengthOf(rest);
  if (at % inner !== 0 || !divideAt(first, at / inner)) return null;
  const ends = endsOf(first);
  const count = ends.indexOf(at / inner) + 1;
  return [first.segments!.slice(0, count), first.segments!.slice(count)].map((segments) => [
    ...joined(segments),
    ...rest,
  ]);
}

/** The index that counts the entries of several axes, one after the other. */
export function joined(segments: readonly UnitAxis[]): UnitAxis {
  if (segments.length === 1) return segments[0];
  const factor = new Factor(segments.reduce((sum, segment) => sum + lengthOf(segment), 0));
  // Single entries have no order among themselves but the one they stand in.
  if (segments.every((segment) => segment.length === 0)) factor.fixed = true;
  else factor.segments = segments;
  return [factor];
}

/** Cuts a factor into an outer one of a length and the rest; null where its segments do not allow that. */
function split(factor: Factor, size: number): readonly Factor[] | null {
  const inner = factor.size / size;
  const outer = new Factor(size, factor.fixed);
  const rest = new Factor(inner, factor.fixed);
  if (factor.segments) {
    const ends = Array.from({ length: size }, (_, i) => (i + 1) * inner);
    if (!ends.every((end) => divideAt(factor, end))) {
      fix([factor]);
      return null;
    }
    const all = endsOf(factor);
    const members = ends.map((end) => {
      const within = factor.segments!.filter((_, k) => all[k] > end - inner && all[k] <= end);
      return joined(within);
    });
    // Which of the segments it is cannot be exchanged.
    outer.fixed = true;
    rest.families = [{ over: outer, members: new Map(members.entries()) }];
  }
  const families = familiesOf(factor);
  const [heads, tails]: [IndexFamily[], IndexFamily[]] = [[], []];
  for (const { over, members } of families) {
    const head: IndexFamily = { over, members: new Map() };
    const tail: IndexFamily = { over, members: new Map() };
    for (const [entry, member] of members) {
      const parts = cut(member, size);
      if (!parts) fix([...member, outer, rest]);
      head.members.set(entry, parts?.head ?? newAxis(size, true));
      tail.members.set(entry, parts?.tail ?? newAxis(inner, true));
    }
    heads.push(head);
    tails.push(tail);
  }
  outer.families = heads;
  rest.families = [...rest.families, ...tails];
  factor.stands = [outer, rest];
  [factor.segments, factor.families] = [null, []];
  return factor.stands;
}

/** The families of a factor that is to be cut, without those in which it is a member of its own. */
function familiesOf(factor: Factor): readonly IndexFamily[] {
  const { families } = factor;
  for (const family of families) {
    if ([...family.members.values()].some((member) => leaves(member).includes(factor))) unify(factor, family);
  }
  return factor.families;
}

/** Gives all members of a family the order of the factor itself. */
export function unify(factor: Factor, family: IndexFamily): void {
  factor.families = factor.families.filter((each) => each !== family);
  for (const member of family.members.values()) merge(member, leaves([factor]));
}
