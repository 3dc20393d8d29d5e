import type { SourceGraph, SourceNode } from './lower/source';

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

export function indexOf({ nodes }: Pick<SourceGraph, 'nodes'>): SourceIndex {
  const uses = new Map<string, Use[]>();
  const producers = new Map<string, SourceNode>();
  for (const node of nodes) {
    for (const [input, name] of node.inputs.entries()) {
      if (name === '') continue;
      if (!uses.has(name)) uses.set(name, []);
      uses.get(name)!.push({ node, input });
    }
    for (const output of node.outputs) if (output !== '') producers.set(output, node);
  }
  return { uses, producers };
}
