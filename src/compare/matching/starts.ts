import type { Random } from '../../numerics/random';
import { bestAssignment } from './assignment';
import type { Matching, UnitOrder } from './piece';
import type { MatchingProblem, OpenIndex } from './problem';
import { descendants, insideProblem, kindsIn, occurrencesOf } from './problem';
import { addSimilarity } from './similarity';

/** Every unit stands for itself. */
export const identityStart = (problem: MatchingProblem): Matching =>
  startWith(problem, ({ index }) => Int32Array.from({ length: problem.indices[index].size }, (_, i) => i));

/** Every unit stands for a random one of its kind. */
export const randomStart = (problem: MatchingProblem, source: Random): Matching =>
  startWith(problem, (open) => {
    const units = Array.from({ length: problem.indices[open.index].size }, (_, i) => i);
    const kinds = kindsIn(problem, open);
    const to = new Int32Array(units.length);
    for (const kind of new Set(kinds?.rows ?? [0])) {
      const rows = kinds ? units.filter((i) => kinds.rows[i] === kind) : units;
      const columns = shuffled(kinds ? units.filter((j) => kinds.columns[j] === kind) : units, source);
      rows.forEach((i, k) => (to[i] = columns[k]));
    }
    return to;
  });

/** The entries in a random order (Fisher and Yates). */
export function shuffled<T>(entries: readonly T[], source: Random): T[] {
  const result = [...entries];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(source.uniform() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/**
 * Orders one index after the other by what is known before: along indices that are in order already, or whose order
 * means something, weights are compared one by one, along the others sorted. Where one network is a copy of the other in
 * another order, this finds the order of all units that differ by the weights they have.
 * @param context orders of the indices around the problem
 * @param unknown those among them that are not yet in order
 */
export function sortedStart(
  problem: MatchingProblem,
  context: Matching = new Map(),
  unknown: ReadonlySet<number> = new Set(),
): Matching {
  const found = new Map<number, UnitOrder>();
  const left = new Set(unknown);
  for (const { index } of problem.open)
    for (const each of [index, ...descendants(problem.indices, index)]) left.add(each);
  for (const open of problem.open) {
    const { index } = open;
    const { size } = problem.indices[index];
    left.delete(index);
    const known = new Map([...context, ...found]);
    const values = Array.from({ length: size }, () => new Float64Array(size));
    for (const place of occurrencesOf(problem, index)) {
      // The same index at a second place of a tensor is not in order either.
      addSimilarity(values, problem, place, known, new Set([...left, index]));
    }
    const to = bestAssignment(values, kindsIn(problem, open));
    const within = Array.from(to, (otherUnit, unit) => {
      const part = insideProblem(problem, open, unit, otherUnit);
      return part ? sortedStart(part, known, new Set([...left, index])) : new Map<number, UnitOrder>();
    });
    for (const each of descendants(problem.indices, index)) left.delete(each);
    found.set(index, { to, within });
  }
  return found;
}

function startWith(problem: MatchingProblem, order: (open: OpenIndex) => Int32Array): Matching {
  return new Map(
    problem.open.map((open) => {
      const to = order(open);
      const within = Array.from(to, (otherUnit, unit) => {
        const part = insideProblem(problem, open, unit, otherUnit);
        return part ? startWith(part, order) : new Map<number, UnitOrder>();
      });
      return [open.index, { to, within }];
    }),
  );
}
