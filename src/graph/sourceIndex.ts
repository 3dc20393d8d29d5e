import type { SourceGraph, SourceNode, SourceSubgraph } from './source';

/** A place where a tensor of the model is read. */
export interface Use {
  node: SourceNode;
  input: number;
}

/** Who reads and who makes each tensor of a model. */
export interface SourceIndex {
  uses: ReadonlyMap<string, readonly Use[]>;
  producers: ReadonlyMap<string, SourceNode>;
}

/** Includes nodes in loops and branches, whose names do not clash with those around them. */
export function indexOf({ nodes }: Pick<SourceGraph, 'nodes'>): SourceIndex {
  const uses = new Map<string, Use[]>();
  const producers = new Map<string, SourceNode>();
  for (const node of allNodes(nodes)) {
    for (const [input, name] of node.inputs.entries()) {
      if (name === '') continue;
      if (!uses.has(name)) uses.set(name, []);
      uses.get(name)!.push({ node, input });
    }
    for (const output of node.outputs) if (output !== '') producers.set(output, node);
  }
  return { uses, producers };
}

/** Every node; the nodes of a subgraph follow the one that contains it. */
export function allNodes(nodes: readonly SourceNode[]): SourceNode[] {
  return nodes.flatMap((node) => [
    node,
    ...Object.values(node.attributes).flatMap(({ kind, value }) =>
      kind === 'graph' ? allNodes((value as SourceSubgraph).nodes) : [],
    ),
  ]);
}

/** Kinds of operators in a model, including those of loops and branches and the activations inside other operators. */
export function operatorsOf({ nodes }: Pick<SourceGraph, 'nodes'>): string[] {
  const kinds = allNodes(nodes).flatMap(({ op, attributes: { activation, activations } }) => [
    op,
    ...(activation?.kind === 'string' ? [activation.value] : []),
    ...(activations?.kind === 'strings' ? activations.value : []),
  ]);
  return [...new Set(kinds)];
}
