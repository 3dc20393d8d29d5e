import type { SourceAttribute, SourceNode } from '../graph/source';
import { allNodes } from '../graph/sourceIndex';

/** Names that the loops and branches of a node read. Those of the graph around it are among them. */
export function outerReads(node: SourceNode): string[] {
  const inner = allNodes([node]).slice(1);
  const results = Object.values(node.attributes).flatMap((attribute) => resultsOf(attribute));
  return [...inner.flatMap(({ inputs }) => inputs), ...results];
}

/** Outputs of a body, which may be values of the graph around it. */
function resultsOf({ kind, value }: SourceAttribute): string[] {
  if (kind !== 'graph') return [];
  const body = value as { nodes: readonly SourceNode[]; outputs: readonly { name: string }[] };
  const deeper = body.nodes.flatMap(({ attributes }) => Object.values(attributes).flatMap(resultsOf));
  return [...body.outputs.map(({ name }) => name), ...deeper];
}
