import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import type { Op } from '../graph/ops';

/** Capabilities of the device that a graph is written for. */
export interface Target {
  /** Channels per block of the runtime's blocked convolutions; null if it has none. */
  blockChannels: number | null;
  /** Threads that share one run of a graph; several if not given. */
  threads?: number;
}

/** Facts that may decide a form. */
export interface Surroundings extends Target {
  /** Whether a value differs from run to run; the others are computed once and kept. */
  moving(value: Value): boolean;
  /** Whether anything is kept. Without tangents, every value differs from run to run. */
  split: boolean;
  /** Whether a value depends on constants of the session only, so that the runtime folds it and packs it as weights. */
  constant(value: Value): boolean;
  /** Whether a single operator reads a value of the graph before legalization. */
  alone(value: Value): boolean;
  /** Results that a single operator reads, because they became part of it. */
  owned: Set<Value>;
}

/** Another form of an operator, or null to leave it. */
export type Expansion<O extends Op> = (
  g: GraphBuilder,
  inputs: readonly Value[],
  node: Node<O>,
  surroundings: Surroundings,
) => Value | null;
