import type { GraphBuilder } from './builder';
import type { Node, Value } from './graph';
import { nodesOf } from './graph';

/** How to rebuild a node from new inputs; returns one value per output. */
export type Rebuild = (node: Node, inputs: readonly Value[]) => readonly Value[];

/**
 * Rebuilds the outputs with some values replaced. Nodes that do not depend on a replaced value are reused.
 * @param rebuild rebuilds each affected node; by default with the same operator
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

/**
 * Rebuilds the outputs with the quicker forms of their parts, which cannot be differentiated. It keeps the form of a part
 * if something reads its inner values, because both would then run.
 */
export function withQuickerForms(g: GraphBuilder, outputs: readonly Value[]): Value[] {
  const replacements = new Map<Value, Value>();
  for (const { values, results, reads } of g.quicker) {
    const left = new Set(nodesOf(replay(g, outputs, new Map(values.map((value, i) => [value, results[i]])))));
    if (nodesOf(values, new Set(reads)).some((node) => node.op !== 'Constant' && left.has(node))) continue;
    // Their inputs may depend on earlier ones.
    const rebuilt = replay(g, results, replacements);
    for (const [i, value] of values.entries()) replacements.set(value, rebuilt[i]);
  }
  return replay(g, outputs, replacements);
}

/** The same operator on other inputs, simplified if it has one output. */
export function again(g: GraphBuilder, node: Node, inputs: readonly Value[]): readonly Value[] {
  if (inputs.every((input, i) => input === node.inputs[i])) return node.outputs;
  return node.outputs.length === 1
    ? [g.apply(node.op, inputs, node.attributes)]
    : g.applyAll(node.op, inputs, node.attributes);
}
