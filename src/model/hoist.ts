import { constantNode } from './materialize';
import type { SourceGraph, SourceNode, SourceSubgraph } from '../graph/source';
import type { Tensor } from '../graph/tensor';

/**
 * Constants of loops and branches as initializers of the whole graph, so that weights in there are parameters like any
 * others. A name that the graph around has already gets the node's name in front.
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

  /** @param renamed what constants of the graphs around are called now */
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
    // What the body defines itself hides what the graph around calls so.
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
