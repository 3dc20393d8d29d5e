import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';

/**
 * Rebuilds nodes in the order of evaluation.
 * @param rebuild computes the new results of a node from its new inputs
 * @returns a map from old values to new ones
 */
export function rebuilt(
  g: GraphBuilder,
  nodes: readonly Node[],
  rebuild: (node: Node, inputs: readonly Value[], now: (value: Value) => Value) => readonly Value[],
): (value: Value) => Value {
  const made = new Map<Value, Value>();
  const now = (value: Value) => made.get(value) ?? value;
  for (const node of nodes) {
    const results = g.from(node.origin, () => rebuild(node, node.inputs.map(now), now));
    node.outputs.forEach((output, i) => made.set(output, results[i]));
  }
  return now;
}

/** Whether the new inputs of a node are its old ones. */
export const unchanged = (node: Node, inputs: readonly Value[]) => inputs.every((input, i) => input === node.inputs[i]);
