import { constantNode } from './materialize';
import type { SourceGraph, SourceNode, SourceSubgraph } from '../graph/source';
import type { Tensor } from '../graph/tensor';

/**
 * Turns constants of loops and branches into initializers of the whole graph, so that weights inside are parameters like all
 * others. A name that the outer graph already uses gets the node's name as a prefix.
 */
export function hoistConstants(source: SourceGraph): SourceGraph {
  const hoister = new Hoister(source);
  const nodes = source.nodes.map((node) => hoister.node(node, new Map()));
  return { ...source, nodes, initializers: hoister.initializers };
}

class Hoister {
  readonly initializers: Map<string, Tensor>;
  private readonly taken: Set<string>;

  constructor({ initializers, nodes, inputs }: SourceGraph) {
    this.initializers = new Map(initializers);
    const outputs = nodes.flatMap((node) => node.outputs);
    this.taken = new Set([...initializers.keys(), ...inputs.map(({ name }) => name), ...outputs]);
  }

  /** @param renamed new names of constants of the outer graphs */
  node(node: SourceNode, renamed: ReadonlyMap<string, string>): SourceNode {
    const bodies = Object.entries(node.attributes).filter(([, { kind }]) => kind === 'graph');
    if (bodies.length === 0 && renamed.size === 0) return node;
    const attributes = Object.fromEntries(
      bodies.map(([key, { value }]) => [
        key,
        { kind: 'graph' as const, value: this.body(node, value as SourceSubgraph, renamed) },
      ]),
    );
    return {
      ...node,
      inputs: node.inputs.map((name) => renamed.get(name) ?? name),
      attributes: { ...node.attributes, ...attributes },
    };
  }

  private body(owner: SourceNode, body: SourceSubgraph, outer: ReadonlyMap<string, string>): SourceSubgraph {
    const renamed = new Map(outer);
    // A name that the body defines hides the same name of the outer graph.
    for (const { name } of body.inputs) renamed.delete(name);
    for (const [name, tensor] of body.initializers) renamed.set(name, this.add(owner, name, tensor));
    const rest = body.nodes.filter((node) => {
      const made = constantNode(node);
      if (made) renamed.set(node.outputs[0], this.add(owner, node.outputs[0], made));
      return !made;
    });
    return {
      ...body,
      nodes: rest.map((node) => this.node(node, renamed)),
      initializers: new Map(),
      outputs: body.outputs.map((output) => ({ ...output, name: renamed.get(output.name) ?? output.name })),
    };
  }

  private add(owner: SourceNode, name: string, tensor: Tensor): string {
    let free = name;
    while (this.taken.has(free)) free = `${owner.name}/${free}`;
    this.taken.add(free);
    this.initializers.set(free, tensor);
    return free;
  }
}
