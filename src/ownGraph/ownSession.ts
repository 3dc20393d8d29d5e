import { RuntimeSession, sessionOptions } from '../engine/runtime';
import type { SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import type { WritablePort } from '../onnx/write';
import { writeModel } from '../onnx/write';
import { outerReads } from './outerReads';

/** The user's own graph in the form that the runtime takes, without outputs. */
export interface OwnGraph {
  nodes: readonly SourceNode[];
  initializers: ReadonlyMap<string, Tensor>;
  inputs: readonly WritablePort[];
  opsets: Readonly<Record<string, number>>;
  irVersion: number;
}

/** Nodes and constants that are added to the graph. */
interface Added {
  nodes: readonly SourceNode[];
  initializers: ReadonlyMap<string, Tensor>;
}

/** Older files list their weights among the inputs; this version needs no such list. */
const OLDEST_IR = 8;

/**
 * Opens a session of the user's own graph that returns some of its values. The runtime leaves the operators as they
 * are, unfused and in the file's order, because a fused operator may round or overflow elsewhere. Nodes that no
 * output needs are left out.
 * @throws Error with the runtime's message if it does not take the graph
 */
export function openOwnSession(
  { nodes, initializers, inputs, opsets, irVersion }: OwnGraph,
  outputs: readonly string[],
  { threads, added = { nodes: [], initializers: new Map() } }: { threads: number; added?: Added },
): Promise<RuntimeSession> {
  const needed = neededFor([...nodes, ...added.nodes], outputs);
  const read = new Set([...needed.flatMap((node) => [...node.inputs, ...outerReads(node)]), ...outputs]);
  const graph = {
    nodes: needed,
    initializers: new Map([...initializers, ...added.initializers].filter(([name]) => read.has(name))),
    inputs,
    outputs: outputs.map((name) => ({ name, dtype: null, shape: null })),
  };
  const model = writeModel({ graph, opset: opsets[''] ?? 1, opsets, irVersion: Math.max(irVersion, OLDEST_IR) });
  const options = sessionOptions(graph, { provider: 'cpu', threads, asWritten: true });
  return RuntimeSession.of({ model, options, provider: 'cpu' });
}

/** The nodes that outputs depend on, in their order. */
function neededFor(nodes: readonly SourceNode[], outputs: readonly string[]): SourceNode[] {
  const wanted = new Set(outputs);
  const kept: SourceNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    kept.push(node);
    for (const name of [...node.inputs, ...outerReads(node)]) wanted.add(name);
  }
  return kept.reverse();
}
