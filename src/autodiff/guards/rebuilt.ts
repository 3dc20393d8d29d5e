import type { GraphBuilder } from '../../graph/builder';
import type { Node, Value } from '../../graph/graph';

/**
 * Builds nodes again, in the order of the data.
 * @param rebuild results of a node, from what its inputs have become
 * @returns what has become of a value
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

/** Whether a node would be built again of what it was built of. */
export const unchanged = (node: Node, inputs: readonly Value[]) => inputs.every((input, i) => input === node.inputs[i]);
