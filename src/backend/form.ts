import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import type { Op } from '../graph/ops';

/** What the device that a graph is written for can do. */
export interface Target {
  /** Channels per block of the runtime's blocked convolutions; null where there are none. */
  blockChannels: number | null;
  /** Threads that one run of a graph is shared out to. Not told: several. */
  threads?: number;
}

/** What a form may be chosen by. */
export interface Surroundings extends Target {
  /** Whether a value differs from run to run, while the others are computed once and kept. */
  moving(value: Value): boolean;
  /** Whether anything is kept: without tangents everything moves. */
  split: boolean;
  /** Whether a value follows from constants of the session alone: the runtime folds it, and packs it as weights. */
  constant(value: Value): boolean;
  /** Whether one operator alone reads a value of the graph that is made legal, as it was before. */
  alone(value: Value): boolean;
  /** Results that one operator alone reads since they became part of it. */
  owned: Set<Value>;
}

/** Another form of an operator, or null to leave it. */
export type Expansion<O extends Op> = (
  g: GraphBuilder,
  inputs: readonly Value[],
  node: Node<O>,
  surroundings: Surroundings,
) => Value | null;
