import type { GraphBuilder } from './builder';
import type { Node, Value } from './graph';
import { nodesOf } from './graph';

/** How a node is built again from new inputs; one value per output. */
export type Rebuild = (node: Node, inputs: readonly Value[]) => readonly Value[];

/**
 * Builds the outputs again with some values replaced. Nodes that do not depend on a replaced value stay themselves.
 * @param rebuild what becomes of each node reached; the same operator by default
 */
export function replay(
  g: GraphBuilder,
  outputs: readonly Value[],
  replacements: ReadonlyMap<Value, Value>,
  rebuild: Rebuild = (node, inputs) => again(g, node, inputs),
): Value[] {
  const mapped = new Map(replacements);
  for (const node of nodesOf(outputs, new Set(replacements.keys()))) {
    const inputs = node.inputs.map((input) => mapped.get(input) ?? input);
    const results = g.from(node.origin, () => rebuild(node, inputs));
    for (const [i, output] of node.outputs.entries()) mapped.set(output, results[i]);
  }
  return outputs.map((output) => mapped.get(output) ?? output);
}

/** The same operator on other inputs, simplified where it has one output. */
export function again(g: GraphBuilder, node: Node, inputs: readonly Value[]): readonly Value[] {
  if (inputs.every((input, i) => input === node.inputs[i])) return node.outputs;
  return node.outputs.length === 1
    ? [g.apply(node.op, inputs, node.attributes)]
    : g.applyAll(node.op, inputs, node.attributes);
}
