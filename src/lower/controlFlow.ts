import type { GraphBuilder } from '../graph/builder';
import { byName } from '../graph/byName';
import type { Node, Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import type { Op } from '../graph/ops';
import { isFloat, numbers } from '../graph/tensor';
import type { LowerContext } from './context';
import { UnknownCourseError, UnknownSizeError } from './context';
import type { SourceSubgraph } from '../graph/source';
import type { RunBody, Unrolling } from './unrolling';
import type { Rest } from './wholeLoop';
import { tripsOf, wholeLoop } from './wholeLoop';

/** Largest number of unrolled steps. Beyond it, graphs take longer to build than to run. */
const STEP_LIMIT = 4096;
/** Steps that are written out where the data decide which is the last: all of them are computed for every sample. */
const CHOSEN_STEPS = 256;

/**
 * Control flow written out. Where the data decide its course, the graph computes everything that may happen and then
 * chooses; a Loop that may take too many steps for that is left to the runtime. A condition is one for all samples that are
 * computed together, so both are for one sample at a time.
 */
export const unrollings: Readonly<Record<string, Unrolling>> = byName({
  async If(c, run, mayChoose) {
    const condition = c.input(0);
    if (!constantOf(condition) && mayChoose(condition)) return bothBranches(c, run, condition);
    return run(subgraph(c, holds(c, condition) ? 'then_branch' : 'else_branch'), []);
  },
  async Loop(c, run, mayChoose) {
    const body = subgraph(c, 'body');
    const trips = tripsOf(c, mayChoose);
    let condition = c.has(1) ? c.input(1) : c.g.scalar('bool', 1);
    let carried = c.inputs.slice(2).map((_, i) => c.input(i + 2));
    const scanned: Value[][] = body.outputs.slice(1 + carried.length).map(() => []);
    const states: (readonly Value[])[] = [];
    for (let step = 0; typeof trips !== 'number' || step < trips; step++) {
      if (typeof trips !== 'number' || (!constantOf(condition) && mayChoose(condition))) {
        const rest = { condition, carried, first: step, trips };
        if (scanned.length > 0) failToCollect(c, rest);
        return isShort(rest)
          ? chosenSteps(c, [run, mayChoose], body, rest)
          : wholeLoop(c, [run, mayChoose], body, rest);
      }
      if (!holds(c, condition)) break;
      if (step >= STEP_LIMIT) c.fail(`Loop of more than ${STEP_LIMIT} steps.`);
      const [next, ...rest] = await run(body, [c.g.indices([step], []), condition, ...carried]);
      condition = next;
      carried = rest.slice(0, carried.length);
      states.push(carried);
      for (const [i, value] of rest.slice(carried.length).entries()) scanned[i].push(value);
    }
    rememberStates(c, states);
    return [...carried, ...scanned.map((values) => stack(c, values, 0))];
  },
  async Scan(c, run) {
    if (c.opset >= 9)
      return scan(
        c,
        run,
        c.inputs.map((_, i) => c.input(i)),
      );
    // Opset 8: an input of lengths first, and a batch axis in front of everything.
    if (c.has(0)) c.fail('Scan over sequences of different lengths.');
    const inputs = c.inputs.slice(1).map((_, i) => c.input(i + 1));
    const entries: (readonly Value[])[] = [];
    for (let b = 0; b < inputs[0].shape[0]; b++) {
      entries.push(
        await scan(
          c,
          run,
          inputs.map((x) => element(c, x, 0, b)),
        ),
      );
    }
    return entries[0].map((_, i) =>
      stack(
        c,
        entries.map((entry) => entry[i]),
        0,
      ),
    );
  },
});

/** Computes both branches and chooses one by the condition. */
async function bothBranches(c: LowerContext, run: RunBody, condition: Value): Promise<readonly Value[]> {
  const { g } = c;
  const taken = g.reshape(condition, []);
  const yes = await run(subgraph(c, 'then_branch'), [], taken);
  const no = await run(subgraph(c, 'else_branch'), [], g.apply('Not', [taken], {}));
  return yes.map((a, i) => chosen(c, taken, a, no[i]));
}

function chosen(c: LowerContext, condition: Value, a: Value, b: Value): Value {
  if (a === b) return a;
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) {
    const shapes = [a, b].map(({ shape }) => `[${shape.join(', ')}]`).join(' or ');
    c.fail(
      `The result of ${c.node.op} is ${shapes}, depending on the data.`,
      'Export the model with this condition fixed, or with one shape for all cases.',
    );
  }
  // The last operator of both branches stays the last, because the loss recognises a prediction by it.
  const [last, other] = [a.node, b.node];
  if (last && other && endAlike(last, other))
    return c.g.apply(last.op, [chosen(c, condition, last.inputs[0], other.inputs[0])], last.attributes);
  return c.g.where(condition, a, b);
}

const LAST = new Set<Op>(['Sigmoid', 'Softmax', 'LogSoftmax']);

function endAlike(a: Node, b: Node): boolean {
  return LAST.has(a.op) && a.op === b.op && JSON.stringify(a.attributes) === JSON.stringify(b.attributes);
}

type ShortRest = Rest & { trips: number };

const isShort = (rest: Rest): rest is ShortRest =>
  typeof rest.trips === 'number' && rest.trips - rest.first <= CHOSEN_STEPS;

/** The steps of a Loop from the first possible last one on. Each counts while the condition holds. */
async function chosenSteps(
  c: LowerContext,
  [run, mayChoose]: [run: RunBody, mayChoose: Parameters<Unrolling>[2]],
  body: SourceSubgraph,
  rest: ShortRest,
): Promise<readonly Value[]> {
  const { g } = c;
  let { carried } = rest;
  let going = g.reshape(rest.condition, []);
  for (let step = rest.first; step < rest.trips; step++) {
    const kept = carried.map((value) => whereTaken(g, going, value));
    const [next, ...results] = await run(body, [g.indices([step], []), going, ...kept], going);
    carried = carried.map((value, i) => chosen(c, going, results[i], value));
    going = g.binary('And', going, g.reshape(next, []));
    if (!mayChoose(going)) throw new UnknownCourseError(c.node, 1, going);
  }
  return carried;
}

function failToCollect({ node }: LowerContext, { condition, trips }: Rest): never {
  const [input, value] = typeof trips === 'number' ? [1, condition] : [0, trips];
  throw new UnknownSizeError(node, input, value, {
    what: 'The data decide how often Loop runs, and it collects a value of each step: the shape of its result is not known beforehand.',
    action: 'Export the model with a fixed number of steps, or with a loop that gives its last state alone.',
  });
}

/**
 * The input of a branch, set to zero if the branch is not taken. The branch may then return infinite values, and the
 * derivative by its input is still an exact zero.
 */
export function whereTaken(g: GraphBuilder, taken: Value, value: Value): Value {
  return isFloat(value.dtype) && !constantOf(value) ? g.where(taken, value, g.like(value, 0)) : value;
}

/** Carries states along, and reads and writes sequences one element per step. */
async function scan(c: LowerContext, run: RunBody, inputs: readonly Value[]): Promise<readonly Value[]> {
  const body = subgraph(c, 'body');
  const sequences = inputs.slice(inputs.length - c.int('num_scan_inputs'));
  let states = inputs.slice(0, inputs.length - sequences.length);
  const outputs = body.outputs.slice(states.length);
  const steppedThrough: (readonly Value[])[] = [];
  const zeros = (count: number) => Array<number>(count).fill(0);
  const axes = c
    .ints('scan_input_axes', zeros(sequences.length))
    .map((axis, i) => c.axis(axis, sequences[i].shape.length));
  const backward = c.ints(c.opset < 9 ? 'directions' : 'scan_input_directions', zeros(sequences.length));
  const outputBackward = c.ints('scan_output_directions', zeros(outputs.length));
  const outputAxes = c.ints('scan_output_axes', zeros(outputs.length));
  const steps = sequences[0].shape[axes[0]];
  if (steps > STEP_LIMIT) c.fail(`Scan of more than ${STEP_LIMIT} steps.`);
  const scanned: Value[][] = outputs.map(() => []);
  for (let step = 0; step < steps; step++) {
    const elements = sequences.map((x, i) => element(c, x, axes[i], backward[i] === 1 ? steps - 1 - step : step));
    const results = await run(body, [...states, ...elements]);
    states = results.slice(0, states.length);
    steppedThrough.push(states);
    for (const [i, value] of results.slice(states.length).entries()) scanned[i].push(value);
  }
  rememberStates(c, steppedThrough);
  const stacked = scanned.map((values, i) => {
    const inOrder = outputBackward[i] === 1 ? [...values].reverse() : values;
    return stack(c, inOrder, outputAxes[i]);
  });
  return [...states, ...stacked];
}

/** Remembers the floating values that a loop carried in one shape through all its steps. */
function rememberStates(c: LowerContext, steps: readonly (readonly Value[])[]): void {
  if (steps.length < 2) return;
  const kept = steps[0].flatMap(({ dtype, shape }, i) =>
    isFloat(dtype) && shape.length > 0 && steps.every((values) => String(values[i].shape) === String(shape)) ? [i] : [],
  );
  if (kept.length === 0) return;
  const states = steps.map((values) => kept.map((i) => values[i]));
  c.g.recurrences.push({ origin: c.node.name, kind: 'loop', states, alive: null, weight: null });
}

function subgraph(c: LowerContext, name: string): SourceSubgraph {
  const attribute = c.node.attributes[name];
  if (attribute?.kind !== 'graph') return c.fail(`${c.node.op} without "${name}".`);
  return attribute.value as SourceSubgraph;
}

function holds(c: LowerContext, condition: Value): boolean {
  const constant = constantOf(condition);
  if (!constant) throw new UnknownCourseError(c.node, c.node.op === 'If' ? 0 : 1, condition);
  return numbers(constant)[0] !== 0;
}

const element = ({ g }: LowerContext, x: Value, axis: number, i: number) =>
  g.squeeze(g.sliceAxis(x, axis, i, i + 1), [axis]);

function stack(c: LowerContext, values: readonly Value[], at: number): Value {
  if (values.length === 0) return c.fail(`${c.node.op} of no steps gives an empty sequence.`);
  const axis = at < 0 ? at + values[0].shape.length + 1 : at;
  return c.g.concat(
    values.map((value) => c.g.unsqueeze(value, [axis])),
    axis,
  );
}
