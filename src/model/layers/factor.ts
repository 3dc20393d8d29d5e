/**
 * An index that axes of several tensors share, such as the units of a hidden layer. An axis is a list of factors, the
 * first one outermost: a flattened image has the factors channels and places.
 */
export class Factor {
  /** The factors that this one has turned out to be; null while it stands for itself. */
  stands: readonly Factor[] | null = null;

  /** @param fixed whether the order of the index has a meaning, as that of features, classes or places has */
  constructor(
    readonly size: number,
    public fixed = false,
  ) {}
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

/** Gives the order of an axis a meaning. */
export function fix(axis: UnitAxis): void {
  for (const leaf of leaves(axis)) leaf.fixed = true;
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
    } else if (factor.size % left === 0) {
      rest.splice(0, 1, ...split(factor, left));
    } else return null;
  }
  return { head, tail: rest };
}

/** Makes two axes of one length the same index. Where their factors do not fit together, the order of both is fixed. */
export function merge(a: UnitAxis, b: UnitAxis): void {
  let [left, right] = [leaves(a), leaves(b)];
  while (left.length > 0 && right.length > 0) {
    const [f, g] = [left[0], right[0]];
    if (f.size === g.size) {
      if (f !== g) {
        f.stands = [g];
        g.fixed ||= f.fixed;
      }
      [left, right] = [leaves(left.slice(1)), leaves(right.slice(1))];
    } else if (f.size % g.size === 0 || g.size % f.size === 0) {
      if (f.size > g.size) split(f, g.size);
      else split(g, f.size);
      [left, right] = [leaves(left), leaves(right)];
    } else {
      fix(left);
      fix(right);
      return;
    }
  }
}

function split(factor: Factor, size: number): readonly Factor[] {
  factor.stands = [new Factor(size, factor.fixed), new Factor(factor.size / size, factor.fixed)];
  return factor.stands;
}
