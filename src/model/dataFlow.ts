import type { SourceGraph, SourceNode } from '../graph/source';
import type { SourceIndex } from '../graph/sourceIndex';
import { allNodes } from '../graph/sourceIndex';
import { isFloat } from '../graph/tensor';

/** Nodes that read a tensor's shape and not its numbers. */
const SHAPES = new Set(['Shape', 'Size']);
const WAVES = new Set(['Sin', 'Cos']);

/** Which values of a model depend on data, and which on its constants only. */
export class DataFlow {
  /** Computed from an input of the model, or from a loop's state. */
  private readonly data: ReadonlySet<string>;
  /** Computed from floating inputs or from values that integer inputs look up; integers in arithmetic are positions. */
  private readonly features: ReadonlySet<string>;

  constructor(
    source: SourceGraph,
    private readonly index: SourceIndex,
  ) {
    const nodes = allNodes(source.nodes);
    this.data = reached(nodes, new Set(source.inputs.map(({ name }) => name)));
    const floating = source.inputs.filter(({ dtype }) => isFloat(dtype)).map(({ name }) => name);
    const looked = nodes.filter(({ op, inputs }) => op === 'Gather' && this.data.has(inputs[1]));
    this.features = reached(nodes, new Set([...floating, ...looked.flatMap(({ outputs }) => outputs)]));
  }

  /** Whether a node computes with constants only. */
  isConstant(node: SourceNode): boolean {
    return !node.outputs.some((name) => this.data.has(name));
  }

  /** Whether a tensor becomes angles of sines and cosines before it meets features, like frequencies of positions. */
  turnsPositions(name: string, seen = new Set<string>()): boolean {
    if (seen.has(name) || this.features.has(name)) return false;
    seen.add(name);
    return (this.index.uses.get(name) ?? []).some(
      ({ node }) => WAVES.has(node.op) || node.outputs.some((output) => this.turnsPositions(output, seen)),
    );
  }
}

/** Names of everything that depends on the numbers in `sources`. */
function reached(nodes: readonly SourceNode[], sources: ReadonlySet<string>): Set<string> {
  const found = new Set(sources);
  for (const { op, inputs, outputs, attributes } of nodes) {
    // Results of loops and branches count as data without a look inside.
    const holdsGraph = Object.values(attributes).some(({ kind }) => kind === 'graph');
    if (holdsGraph || (!SHAPES.has(op) && inputs.some((name) => found.has(name))))
      for (const o of outputs) found.add(o);
  }
  return found;
}
