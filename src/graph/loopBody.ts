import type { Node, Value } from './graph';
import { constantOf, dependents, nodesOf } from './graph';

/**
 * The body of a loop that the runtime runs as a whole. Its values are those of the graph around it, but nothing outside
 * reads what depends on its inputs.
 */
export class LoopBody {
  /** Values of the graph around the loop that the body reads, constants left out. */
  readonly captured: readonly Value[];

  /** @param inputs the step, the condition and what the loop carries: inputs of the builder that nothing else reads */
  constructor(
    readonly inputs: readonly Value[],
    readonly outputs: readonly Value[],
  ) {
    const inside = dependents(outputs, inputs);
    const nodes = nodesOf(outputs).filter((node) => inside.has(node.outputs[0]));
    const read = [...nodes.flatMap((node) => node.inputs), ...outputs];
    this.captured = [...new Set(read)].filter((value) => !inside.has(value) && !constantOf(value));
  }
}

/** The body of a loop that is left whole; null for every other node. */
export function loopBodyOf(node: Node): LoopBody | null {
  if (node.op !== 'Opaque') return null;
  const { body } = (node as Node<'Opaque'>).attributes;
  return body instanceof LoopBody ? body : null;
}
