import type { Direction } from '../../landscape/direction';
import { toModelDirection } from '../../landscape/direction';
import { combined } from '../../compare/planeAxes';
import { scaled } from '../../numerics/vectors';
import type { NamedValues } from '../../objective/objective';
import type { OtherModel } from '../directions';

/** The other model minus the first, of length 0 where both have the same parameters. */
export function directionTo(path: string, theta: Float32Array, { theta: other, statistics }: OtherModel): Direction {
  return (
    toModelDirection(path, theta, other, statistics) ?? {
      name: `to/${path}`,
      vector: new Float32Array(theta.length),
      norm: 0,
      notes: [],
    }
  );
}

/** s·u + t·v with all that moves along them, named after the model that it leads towards. */
export function combinedDirection(
  name: string,
  [s, t]: readonly [number, number],
  u: Direction,
  v: Direction,
): Direction {
  const statistics = sumOf(s, u.statistics ?? [], t, v.statistics ?? []);
  return {
    name,
    vector: combined([s, t], u.vector, v.vector),
    // The axes of a plane through models have unit length.
    norm: 1,
    ...(statistics.length > 0 ? { statistics } : {}),
    notes: [],
  };
}

function sumOf(s: number, a: readonly NamedValues[], t: number, b: readonly NamedValues[]): NamedValues[] {
  const names = new Set([...a, ...b].map(({ name }) => name));
  return [...names].map((name) => {
    const [first, second] = [a, b].map((list) => list.find((each) => each.name === name)?.values);
    if (!first || !second) return { name, values: scaled(first ? s : t, (first ?? second)!) };
    return { name, values: combined([s, t], first, second) };
  });
}
