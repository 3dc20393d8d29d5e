import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { dependents, nodesOf, readersOf } from '../graph/graph';
import { again } from '../graph/replay';

/** What is known of a graph while it is rewritten. Values are named as they were before. */
export interface Pass {
  g: GraphBuilder;
  /** Whether a value depends on the tangents. */
  moving: (value: Value) => boolean;
  /** Nodes that depend on the tangents and read a value; null for an output. */
  readers: (value: Value) => readonly (Node | null)[];
  /** What has become of a value. */
  now: (value: Value) => Value;
}

/**
 * Builds what depends on the tangents again, in the order of the data.
 * @param rewrite what stands for a node of one output now; null for the same operator on what its inputs have become
 */
export function rewriteMoving(
  g: GraphBuilder,
  outputs: readonly Value[],
  tangents: readonly Value[],
  rewrite: (pass: Pass, node: Node) => Value | null,
): Value[] {
  const dependent = dependents(outputs, tangents);
  const moving = (value: Value) => dependent.has(value);
  const nodes = nodesOf(outputs, new Set(tangents)).filter((node) => node.outputs.some(moving));
  const readers = readersOf(nodes, outputs);
  const made = new Map<Value, Value>();
  const now = (value: Value) => made.get(value) ?? value;
  const pass: Pass = { g, moving, now, readers: (value) => readers.get(value) ?? [] };
  for (const node of nodes) {
    const results = g.from(node.origin, () => {
      const result = rewrite(pass, node);
      return result ? [result] : again(g, node, node.inputs.map(now));
    });
    node.outputs.forEach((each, i) => made.set(each, results[i]));
  }
  return outputs.map(now);
}
