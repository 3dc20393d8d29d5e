import type { Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import type { Evaluator } from '../graph/evaluator';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import type { Extent } from './foldSize';
import { extentOf, followingExtent } from './foldSize';
import type { SourceGraph, SourceNode } from '../graph/source';

/** Constants larger than this are left to the graph instead of being computed beforehand. */
const FOLD_LIMIT = 2 ** 24;

/** Elements of all results that are computed at once. */
const GROUP_LIMIT = 2 ** 26;

export const isFoldable = (tensor: Tensor | null) => !tensor || sizeOf(tensor.shape) <= FOLD_LIMIT;

/**
 * What exporters compute shapes, positions and masks with. None gives random numbers, none holds a graph, and what they
 * give is about as large as what they read.
 */
const FOLLOWING = new Set(
  [
    ['Abs', 'Add', 'And', 'Cast', 'Ceil', 'Concat', 'Cos', 'Div', 'Equal', 'Exp', 'Floor', 'Gather', 'Greater'],
    ['Identity', 'Less', 'Log', 'Max', 'Min', 'Mod', 'Mul', 'Neg', 'Not', 'Or', 'Pow', 'Reciprocal', 'ReduceMax'],
    ['ReduceMin', 'ReduceProd', 'ReduceSum', 'Reshape', 'Shape', 'Sin', 'Size', 'Slice', 'Split', 'Sqrt', 'Squeeze'],
    ['Sub', 'Transpose', 'Unsqueeze', 'Where'],
  ].flat(),
);

/**
 * Constants that nodes of one graph give. Making a session takes milliseconds however small the graph is, and exporters
 * write hundreds of nodes that compute shapes: with a node, those behind it are computed as far as they read constants and
 * one another alone.
 */
export class Folds {
  private readonly found = new Map<string, Tensor>();
  private readonly places = new Map<SourceNode, number>();

  constructor(
    private readonly nodes: readonly SourceNode[],
    private readonly opsets: SourceGraph['opsets'],
    private readonly evaluator: Evaluator,
  ) {
    for (const [place, node] of nodes.entries()) this.places.set(node, place);
  }

  /**
   * The results of a node, without those left out.
   * @param values what is known by name before it
   * @throws Error with the runtime's words where it refuses the operands
   */
  async of(
    node: SourceNode,
    tensors: readonly (Tensor | null)[],
    opset: number,
    values: ReadonlyMap<string, Value>,
  ): Promise<Tensor[]> {
    const names = node.outputs.filter((name) => name !== '');
    if (!names.every((name) => this.found.has(name))) await this.computeFrom(node, values);
    if (!names.every((name) => this.found.has(name))) return this.evaluator.evaluate(node, tensors, opset);
    return names.map((name) => this.found.get(name)!);
  }

  private async computeFrom(node: SourceNode, values: ReadonlyMap<string, Value>): Promise<void> {
    const { group, read } = this.groupFrom(node, values);
    if (group.length < 2) return;
    try {
      const results = await this.evaluator.evaluateAll(group, read, this.opsets[''] ?? 1);
      for (const [name, tensor] of results) this.found.set(name, tensor);
    } catch {
      // One of them cannot be computed. Each by itself tells which, and whether anything reads it.
    }
  }

  /** A node and those behind it that can be computed with it, and the constants they read. */
  private groupFrom(first: SourceNode, values: ReadonlyMap<string, Value>) {
    const group: SourceNode[] = [];
    const read = new Map<string, Tensor>();
    const made = new Map<string, Extent>();
    let total = 0;
    for (const node of this.nodes.slice(this.places.get(first))) {
      if (!follows(node) || node.outputs.some((name) => this.found.has(name))) {
        if (node === first) break;
        continue;
      }
      const operands = node.inputs.filter((name) => name !== '' && !made.has(name));
      const known = operands.map((name) => {
        const value = values.get(name);
        return value ? constantOf(value) : null;
      });
      if (!known.every((tensor) => tensor && isFoldable(tensor))) continue;
      for (const [i, name] of operands.entries()) read.set(name, known[i]!);
      const extents = node.inputs.flatMap(
        (name) => made.get(name) ?? (read.has(name) ? extentOf(read.get(name)!) : []),
      );
      const extent = followingExtent(node, extents);
      // What may grow is computed by itself, once the sizes of its operands are known.
      total += extent.elements;
      if (extent.elements > FOLD_LIMIT || total > GROUP_LIMIT) {
        if (node === first) break;
        continue;
      }
      for (const name of node.outputs) made.set(name, extent);
      group.push(node);
    }
    return { group, read };
  }
}

const follows = ({ op, domain, inputs }: SourceNode) =>
  (domain === '' || domain === 'ai.onnx') && FOLLOWING.has(op) && inputs.some((name) => name !== '');
