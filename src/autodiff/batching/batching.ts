import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';
import type { Op } from '../../graph/ops';

/** A node to be built for K stacked operands at once. */
export interface BatchingContext<O extends Op = Op> {
  readonly g: GraphBuilder;
  /** The node for a single operand set: its inputs have the shapes without the leading axis. */
  readonly node: Node<O>;
  /** Its new inputs: [K, …] where batched, as they were where not. */
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
