import type { SourceGraph, SourceInput, SourceNode } from '../graph/source';
import type { SourceIndex } from '../graph/sourceIndex';
import { indexOf } from '../graph/sourceIndex';

/** The sample axis of an input of the file, and the kind of the input. */
export interface SamplePlace {
  axis: number;
  /** True if it is only read as the first state of recurrent layers; it is zero by default. */
  state: boolean;
}

const BATCH = /batch/i;
const RECURRENT = new Set(['LSTM', 'GRU', 'RNN']);
/** Operators that keep the axes of their first input in place, except for the last ones. */
const IN_PLACE = new Set([
  'Identity',
  'Cast',
  'Slice',
  'Split',
  'Dropout',
  'Relu',
  'Tanh',
  'Sigmoid',
  'MatMul',
  'LayerNormalization',
]);
/** Those among them that pass on numbers unchanged. */
const PASSING = new Set(['Identity', 'Cast', 'Slice', 'Split', 'Transpose']);

/**
 * The axis of an input that counts samples. It is the first unless the file shows another: an axis has the batch's name, or
 * a recurrent layer reads the input, with sequences [steps, samples, features] and states [directions, samples, width].
 */
export function samplePlaces(source: SourceGraph): ReadonlyMap<string, SamplePlace> {
  const index = indexOf(source);
  return new Map(source.inputs.map((input) => [input.name, placeOf(input, index)]));
}

function placeOf({ name, shape }: SourceInput, index: SourceIndex): SamplePlace {
  const named = [...shape.keys()].filter((axis) => typeof shape[axis] === 'string' && BATCH.test(shape[axis]));
  const places = recurrentPlaces(index, name, [...shape.keys()]);
  const state = places.length > 0 && places.every((place) => place?.slot === 'state');
  const read = places.find((place) => place !== null)?.axis ?? 0;
  return { axis: named.includes(0) ? 0 : named.length === 1 ? named[0] : read, state };
}

/** A place where a recurrent layer reads an input; null for another reader of its numbers. */
type RecurrentPlace = { slot: 'sequence' | 'state'; axis: number } | null;

/** Pending work of the search: a tensor with its order of the input's axes, or one node that reads it. */
type Pending = { axes: readonly number[] } & ({ name: string } | { node: SourceNode; input: number });

/**
 * Places in the order of the nodes. Models may be deeper than the call stack, so pending work is a list.
 * @param axes of the input, in the order of the axes of `name`
 */
function recurrentPlaces({ uses }: SourceIndex, name: string, axes: readonly number[]): RecurrentPlace[] {
  const seen = new Set<string>();
  const places: RecurrentPlace[] = [];
  const pending: Pending[] = [{ name, axes }];
  for (let at = pending.pop(); at; at = pending.pop()) {
    const { axes: here } = at;
    if ('name' in at) {
      if (seen.has(at.name)) continue;
      seen.add(at.name);
      for (const use of (uses.get(at.name) ?? []).toReversed()) pending.push({ ...use, axes: here });
      continue;
    }
    const { node, input } = at;
    if (RECURRENT.has(node.op)) {
      places.push(recurrentPlace(node, input, here));
      continue;
    }
    const next = axesBehind(node, input, here);
    if (next ? !PASSING.has(node.op) : node.op !== 'Shape') places.push(null);
    if (next) for (const output of node.outputs.toReversed()) pending.push({ name: output, axes: next });
  }
  return places;
}

function recurrentPlace(
  { attributes: { layout } }: SourceNode,
  input: number,
  axes: readonly number[],
): RecurrentPlace {
  const batchFirst = layout?.kind === 'int' && layout.value === 1;
  const slot = input === 0 ? 'sequence' : input === 5 || input === 6 ? 'state' : null;
  return slot && { slot, axis: axes[batchFirst ? 0 : 1] };
}

/** The axes of a node's output; null if unknown. */
function axesBehind({ op, attributes }: SourceNode, input: number, axes: readonly number[]): readonly number[] | null {
  // Indices [steps, samples] look up [steps, samples, features].
  if (op === 'Gather' && input === 1) return attributes.axis && attributes.axis.value !== 0 ? null : axes;
  if (input !== 0) return null;
  if (IN_PLACE.has(op)) return axes;
  if (op !== 'Transpose') return null;
  return attributes.perm?.kind === 'ints' ? attributes.perm.value.map((axis) => axes[axis]) : [...axes].reverse();
}

/** The order of axes that brings one of them to the front. */
export function toFront(rank: number, axis: number): number[] {
  return [axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)];
}

/** The order of axes that brings the first one to another place. */
export function fromFront(rank: number, axis: number): number[] {
  const order = toFront(rank, axis);
  return order.map((_, i) => order.indexOf(i));
}
