import type { Random } from '../../numerics/random';
import { bestAssignment } from './assignment';
import type { Matching, UnitOrder } from './piece';
import { innerProduct, isBlock } from './piece';
import type { MatchingProblem, OpenIndex } from './problem';
import { insideProblem, isCoupled, kindsIn, occurrencesOf } from './problem';
import { addSimilarity } from './similarity';
import { shuffled, sortedStart } from './starts';

/** Orders of the open indices, with Σ own · other over the pieces of the problem. */
export interface MatchedOrder {
  matching: Matching;
  value: number;
}

/** Smallest gain of a new order, relative to what it sums: below it, float64 sums in another sequence differ too. */
const SMALLEST_GAIN = 1e-12;
/** Sweeps after which a descent ends even if it still gains; a few are usual. */
const MOST_SWEEPS = 100;

/**
 * Coordinate descent on weight matching. Each step gives one index the best order, by linear assignment, while all others
 * stay; a step that gains nothing is not taken. Indices are visited in a random sequence until none gains.
 * @param start an order for each open index
 * @param context orders of the indices around the problem
 * @see Ainsworth, Hayase & Srinivasa 2023, arXiv:2209.04836, algorithm 1
 */
export function* descending(
  problem: MatchingProblem,
  start: Matching,
  source: Random,
  context: Matching = new Map(),
): Generator<void, MatchedOrder> {
  const { own, other } = problem;
  let matching = start;
  const sum = (orders: Matching) => innerProduct(problem.pieces, new Map([...context, ...orders]), own, other);
  const sweeps = isCoupled(problem) ? MOST_SWEEPS : 1;
  for (let sweep = 0, gained = true; gained && sweep < sweeps; sweep++) {
    gained = false;
    for (const open of shuffled(problem.open, source)) {
      yield;
      const { order, before, after } = bestOrder(problem, open, { matching, context }, source);
      const candidate = new Map(matching).set(open.index, order);
      const sums = isLinear(problem, open) ? { before, after } : { before: sum(matching), after: sum(candidate) };
      const smallest = SMALLEST_GAIN * Math.max(Math.abs(sums.before), Math.abs(sums.after));
      if (sums.after - sums.before <= smallest) continue;
      matching = candidate;
      gained = true;
    }
  }
  return { matching, value: sum(matching) };
}

/** Runs a descent to its end at once. */
function descended(...asked: Parameters<typeof descending>): MatchedOrder {
  const steps = descending(...asked);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Whether the sum is linear in the order of an index. It is quadratic where a tensor counts the same units twice, as
 * recurrent weights do: what gains while the second place is held still may lose. Inside blocks, orders change as well.
 */
function isLinear({ pieces, indices }: MatchingProblem, { index }: OpenIndex): boolean {
  return (
    !hasInside(indices, index) &&
    pieces.every(({ places }) => places.filter((place) => place.index === index).length <= 1)
  );
}

const hasInside = (indices: MatchingProblem['indices'], index: number) => indices.some(({ block }) => block === index);

interface BestOrder {
  order: UnitOrder;
  /** Σ own · other over the elements of the index, as far as it is linear in the order, in the present order. */
  before: number;
  after: number;
}

/** The best order of one index and of what lies inside its units, while all others stay. */
function bestOrder(
  problem: MatchingProblem,
  open: OpenIndex,
  { matching, context }: { matching: Matching; context: Matching },
  source: Random,
): BestOrder {
  const { size } = problem.indices[open.index];
  const orders = new Map([...context, ...matching]);
  const values = Array.from({ length: size }, () => new Float64Array(size));
  for (const found of occurrencesOf(problem, open.index)) {
    if (!isBlock(found.piece, found.place)) addSimilarity(values, problem, found, orders, new Set());
  }
  const kinds = kindsIn(problem, open);
  const present = matching.get(open.index)!;
  const inside: Matching[][] = values.map(() => []);
  for (const [unit, row] of hasInside(problem.indices, open.index) ? values.entries() : []) {
    for (const otherUnit of row.keys()) {
      if (kinds && kinds.rows[unit] !== kinds.columns[otherUnit]) continue;
      const part = insideProblem(problem, open, unit, otherUnit);
      if (!part) continue;
      const starts = [sortedStart(part, orders)];
      if (present.to[unit] === otherUnit) starts.push(present.within[unit]);
      const all = starts.map((start) => descended(part, start, source, orders));
      const best = all.reduce((a, b) => (b.value > a.value ? b : a));
      inside[unit][otherUnit] = best.matching;
      row[otherUnit] += best.value;
    }
  }
  const to = bestAssignment(values, kinds);
  const within = Array.from(to, (otherUnit, unit) => inside[unit][otherUnit] ?? new Map<number, UnitOrder>());
  const sumOf = (order: Int32Array) => values.reduce((sum, row, unit) => sum + row[order[unit]], 0);
  return { order: { to, within }, before: sumOf(present.to), after: sumOf(to) };
}
