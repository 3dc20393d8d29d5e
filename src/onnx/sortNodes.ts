import type { FileAttribute, FileGraph, FileNode } from './model';

export interface Sorted {
  /** Topological order; the order of the file if that is already one. */
  sorted: FileNode[];
  /** Names read that nothing defines. */
  undefinedReads: { node: FileNode; name: string }[];
  /** Nodes that form a cycle, or null. */
  cycle: FileNode[] | null;
}

/**
 * Brings nodes into topological order, by depth-first search from each node in the order of the file. Linear in nodes
 * and edges, without recursion: chains of 10,000 nodes are common.
 * @param given names defined outside the nodes
 */
export function sortNodes(nodes: readonly FileNode[], given: ReadonlySet<string>): Sorted {
  const definer = new Map<string, FileNode>();
  for (const node of nodes) for (const name of node.outputs) if (name !== '') definer.set(name, node);
  const undefinedReads: Sorted['undefinedReads'] = [];
  const sources = new Map<FileNode, FileNode[]>();
  for (const node of nodes) {
    const found: FileNode[] = [];
    for (const name of readsOf(node)) {
      const source = definer.get(name);
      if (source) found.push(source);
      else if (!given.has(name)) undefinedReads.push({ node, name });
    }
    sources.set(node, found);
  }
  const sorted: FileNode[] = [];
  const state = new Map<FileNode, 'open' | 'done'>();
  for (const start of nodes) {
    const path: { node: FileNode; next: number }[] = [];
    const open = (node: FileNode) => {
      state.set(node, 'open');
      path.push({ node, next: 0 });
    };
    if (!state.has(start)) open(start);
    while (path.length > 0) {
      const top = path[path.length - 1];
      const source = sources.get(top.node)![top.next++];
      if (!source) {
        state.set(top.node, 'done');
        sorted.push(top.node);
        path.pop();
      } else if (!state.has(source)) {
        open(source);
      } else if (state.get(source) === 'open') {
        const waiting = path.map(({ node }) => node);
        return { sorted, undefinedReads, cycle: waiting.slice(waiting.indexOf(source)) };
      }
    }
  }
  return { sorted, undefinedReads, cycle: null };
}

/** Names that a node reads, including those that its subgraphs take from outside. */
function readsOf(node: FileNode): string[] {
  const direct = node.inputs.filter((name) => name !== '');
  const subgraphs = Object.values(node.attributes).flatMap(graphsOf);
  return subgraphs.length === 0 ? direct : [...direct, ...subgraphs.flatMap(freeNames)];
}

function graphsOf(attribute: FileAttribute): readonly FileGraph[] {
  if (attribute.kind === 'graph') return [attribute.value];
  return attribute.kind === 'graphs' ? attribute.value : [];
}

/** Names a graph reads but does not define. */
function freeNames(graph: FileGraph): string[] {
  const own = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ]);
  const read = [...graph.nodes.flatMap(readsOf), ...graph.outputs.map(({ name }) => name)];
  return read.filter((name) => !own.has(name));
}
