import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { dependents, nodesOf, readersOf } from '../graph/graph';
import { again } from '../graph/replay';

/** Facts about a graph during a rewrite, by the values before the rewrite. */
export interface Pass {
  g: GraphBuilder;
  /** Whether a value depends on the tangents. */
  moving: (value: Value) => boolean;
  /** Nodes that read a value and depend on the tangents; null stands for an output. */
  readers: (value: Value) => readonly (Node | null)[];
  /** The rewritten value of a value. */
  now: (value: Value) => Value;
}

/**
 * Rebuilds the nodes that depend on the tangents, in the order of the data.
 * @param rewrite returns the replacement of a node with one output; null keeps its operator, on the rewritten inputs
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
