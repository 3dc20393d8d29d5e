import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';
import type { Op } from '../../graph/ops';

/** A node to build for K stacked operands at once. */
export interface BatchingContext<O extends Op = Op> {
  readonly g: GraphBuilder;
  /** The node for a single operand set: its inputs have the shapes without the leading axis. */
  readonly node: Node<O>;
  /** Its new inputs: [K, …] if batched, unchanged otherwise. */
  readonly inputs: readonly Value[];
  readonly batched: readonly boolean[];
  /** K */
  readonly size: number;
}

/** Emits the node for K operands; every output gets the leading axis. At least one input is batched. */
export type Batching<O extends Op = Op> = (context: BatchingContext<O>) => readonly Value[];

export type BatchingTable = { [O in Op]?: Batching<O> };

/** The i-th input with the leading axis, repeated if it had none. */
export function stackedInput({ g, node, inputs, batched, size }: BatchingContext<never>, i: number): Value {
  const { shape } = (node as Node).inputs[i];
  return batched[i] ? inputs[i] : g.expand(g.unsqueeze(inputs[i], [0]), [size, ...shape]);
}

/*
 * The position of the axis K. A convolution with batched weights returns [N, K·M, …], and one with a batched input reads
 * [N·K, C, …]. With K behind the samples, [N, K, C, …], both have the same memory; with K in front, each would need a
 * transpose. So results of convolutions keep that order until an operator comes that cannot read it.
 */

/** The axis of a stacked value that counts the runs: the first, or the one behind the samples. */
export type Place = 0 | 1;

export interface PlacedContext<O extends Op = Op> extends Omit<BatchingContext<O>, 'batched'> {
  /** Null for inputs that are the same in every run. */
  readonly places: readonly (Place | null)[];
}

export interface Placed {
  value: Value;
  place: Place;
}

/** Emits a node of one output with K behind the samples; null if that order does not suit it. */
export type PlacedBatching<O extends Op = Op> = (context: PlacedContext<O>) => Placed | null;

export const behind = (value: Value): Placed => ({ value, place: 1 });

/** A list with an entry for each axis, with one more for K behind the first. */
export const withRuns = <T>(list: readonly T[], entry: T): T[] => [list[0], entry, ...list.slice(1)];

/** The value with K in front, where every operator can read it. */
export function toFront(g: GraphBuilder, value: Value, place: Place | null): Value {
  return place === 1 ? g.moveAxis(value, 1, 0) : value;
}

export const shapeAt = (shape: readonly number[], place: Place, size: number): number[] =>
  place === 0 ? [size, ...shape] : withRuns(shape, size);
