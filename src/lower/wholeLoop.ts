import type { Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import { LoopBody } from '../graph/loopBody';
import type { SourceSubgraph } from '../graph/source';
import { isFloat, numbers } from '../graph/tensor';
import type { LowerContext } from './context';
import { UnknownCourseError } from './context';
import type { RunBody, Unrolling } from './unrolling';

/** Steps after which a loop is given up: a point far out on a line may make it endless. */
export const MOST_STEPS_RUN = 10_000;

/** The Loop that is written: its condition is given, its body is in core operators. */
const LOOP_OPSET = 16;

/** What is left of a Loop when the data start to decide its course. */
export interface Rest {
  condition: Value;
  carried: readonly Value[];
  /** The number of the next step. */
  first: number;
  /** Steps of the whole Loop at most; Infinity without a limit. */
  trips: number | Value;
}

/**
 * Leaves the rest of a Loop to the runtime: one operator that has no derivative. The body becomes core operators once, so
 * everything that it carries must keep its type and shape. Results of a loop that is given up are NaN.
 */
export async function wholeLoop(
  c: LowerContext,
  [run, mayChoose]: [run: RunBody, mayChoose: Parameters<Unrolling>[2]],
  body: SourceSubgraph,
  { condition, carried, first, trips }: Rest,
): Promise<readonly Value[]> {
  const { g, node } = c;
  const going = g.reshape(condition, []);
  const name = `in ${node.name}`;
  const step = g.input(name, 'int64', []);
  const inputs = [step, g.input(name, 'bool', []), ...carried.map(({ dtype, shape }) => g.input(name, dtype, shape))];
  const [next, ...results] = await run(body, [g.add(step, g.indices([first], [])), ...inputs.slice(1)]);
  // The loop carries its own condition as well: afterwards it tells whether the loop has ended.
  const last = g.reshape(next, []);
  const wasGoing = g.input(name, 'bool', []);
  const enclosed = new LoopBody([...inputs, wasGoing], [last, ...results, last]);

  const left = typeof trips === 'number' ? trips - first : Infinity;
  const most = g.indices([MOST_STEPS_RUN], []);
  // A limit that is computed is there before the first step.
  const limit = typeof trips === 'number' ? null : g.reshape(trips, []);
  const count = limit ? g.min(limit, most) : g.indices([Math.min(left, MOST_STEPS_RUN)], []);
  const operands = [count, going, ...carried, going, ...enclosed.captured];
  if (!operands.every(mayChoose)) throw new UnknownCourseError(node, 1, condition);
  results.forEach((result, i) => checkKept(c, i, carried[i], result));

  const types = [...carried, going].map(({ dtype, shape }) => ({ dtype, shape }));
  const found = g.from(node.name, () =>
    g.applyAll('Opaque', operands, { node, opset: LOOP_OPSET, types, body: enclosed }),
  );
  const [ended, stillGoing] = [found.slice(0, carried.length), found[carried.length]];
  if (left <= MOST_STEPS_RUN) return ended;
  const givenUp = limit ? g.binary('And', stillGoing, g.greater(limit, most)) : stillGoing;
  return ended.map((value) => (isFloat(value.dtype) ? g.where(givenUp, g.like(value, NaN), value) : value));
}

/** How many steps a Loop takes at most: a number where it is known beforehand. */
export function tripsOf(c: LowerContext, mayChoose: (value: Value) => boolean): number | Value {
  if (!c.has(0)) return Infinity;
  const trips = c.input(0);
  const constant = constantOf(trips);
  if (constant) return numbers(constant)[0];
  if (!mayChoose(trips)) throw new UnknownCourseError(c.node, 0, trips);
  return trips;
}

function checkKept(c: LowerContext, i: number, before: Value, after: Value): void {
  const [from, to] = [before, after].map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`);
  if (from === to) return;
  c.fail(
    `The data decide how often Loop runs, and a step turns carried value ${i + 1} from ${from} into ${to}.`,
    'Export the model with a fixed number of steps, or with carried values that keep their type and shape.',
  );
}
