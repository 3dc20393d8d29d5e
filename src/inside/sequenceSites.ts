import type { GraphBuilder, Recurrence } from '../graph/builder';
import type { Value } from '../graph/graph';
import { isFloat } from '../graph/tensor';
import type { SignalFlow } from './signalFlow';

/** Largest number of steps of one sequence whose states are measured; of longer ones, evenly spread steps are. */
const MOST_STEPS = 512;
/** Smallest number of steps that make a course over time. */
const LEAST_STEPS = 3;

/** The states of one recurrence, of the steps that are measured. */
export interface SequenceSite extends Recurrence {
  /** Number of each step among all, in the order of computation. */
  steps: readonly number[];
}

/**
 * The recurrences on the way of the signal: recurrent layers, loops, and products with the same weights one after
 * another, as a loop that an exporter has written out.
 * @param now maps the values that lowering made to those of the graph
 */
export function sequenceSites(g: GraphBuilder, flow: SignalFlow, now: (value: Value) => Value): SequenceSite[] {
  const known = g.recurrences.map((recurrence) => ({
    ...recurrence,
    states: recurrence.states.map((step) => step.map(now)),
    alive: recurrence.alive?.map(now) ?? null,
    weight: recurrence.weight && now(recurrence.weight),
  }));
  const used = known.flatMap((recurrence) => withoutIdle(recurrence, flow));
  const told = new Set(used.map(({ weight }) => weight));
  const loops = new Set(known.map(({ origin }) => origin));
  const written = repeatedProducts(flow).filter(
    ({ weight, origin }) => !told.has(weight) && !loops.has(origin.replace(/ \(backward\)$/u, '')),
  );
  return [...used, ...written].filter(({ states }) => states.length >= LEAST_STEPS).map(thinned);
}

/** Only states that pass a gradient on, up to the last step that the prediction reads. */
function withoutIdle(recurrence: Recurrence, flow: SignalFlow): Recurrence[] {
  const { states, alive } = recurrence;
  const read = (value: Value) => flow.carries(value) && flow.readers.has(value);
  const lengths = states[0].map((_, i) => {
    const first = states.findIndex((step) => !read(step[i]));
    return first < 0 ? states.length : first;
  });
  const count = Math.max(...lengths);
  if (count < LEAST_STEPS) return [];
  // A cell's last state is often read by nobody, while its earlier ones are.
  const kept = (step: readonly Value[], t: number) => step.filter((_, i) => t < lengths[i] && lengths[i] >= count - 1);
  return [{ ...recurrence, states: states.slice(0, count).map(kept), alive: alive?.slice(0, count) ?? null }];
}

/** What each of several products with the same weights reads, one after the other. */
function repeatedProducts({ products, carries }: SignalFlow): Recurrence[] {
  const chained = new Set(products.filter(({ repeated }) => repeated).map(({ weight }) => weight));
  const byWeight = new Map<Value, { origin: string; states: Value[][] }>();
  for (const { weight, input, node } of products) {
    if (!chained.has(weight) || !carries(input) || !isFloat(input.dtype)) continue;
    const known = byWeight.get(weight);
    if (!known) byWeight.set(weight, { origin: node.origin, states: [[input]] });
    else if (String(known.states[0][0].shape) === String(input.shape)) known.states.push([input]);
  }
  return [...byWeight].map(([weight, found]) => ({ ...found, kind: 'loop', alive: null, weight }));
}

function thinned(recurrence: Recurrence): SequenceSite {
  const { length } = recurrence.states;
  const count = Math.min(length, MOST_STEPS);
  const steps = Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / Math.max(1, count - 1)));
  const pick = <T>(values: readonly T[]) => steps.map((step) => values[step]);
  return {
    ...recurrence,
    states: pick(recurrence.states),
    alive: recurrence.alive && pick(recurrence.alive),
    steps,
  };
}
