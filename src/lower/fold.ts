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
  private readonly readers = new Map<string, SourceNode[]>();
  /** How many nodes' results have been looked at; null before the first group, for which every node is. */
  private lookedUpTo: number | null = null;

  constructor(
    private readonly nodes: readonly SourceNode[],
    private readonly opsets: SourceGraph['opsets'],
    private readonly evaluator: Evaluator,
  ) {
    for (const [place, node] of nodes.entries()) {
      this.places.set(node, place);
      for (const name of node.inputs) {
        const readers = this.readers.get(name);
        if (readers) readers.push(node);
        else if (name !== '') this.readers.set(name, [node]);
      }
    }
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

  /**
   * A node and those behind it that can be computed with it, and the constants they read. Only what may have become
   * computable since the last group is looked at, so that all groups together take a look for each operand.
   */
  private groupFrom(first: SourceNode, values: ReadonlyMap<string, Value>) {
    const group = new Set<SourceNode>();
    const read = new Map<string, Tensor>();
    const made = new Map<string, Extent>();
    let total = 0;
    const pending = [...this.computableSince(first, values), first];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (group.has(node) || !follows(node) || node.outputs.some((name) => this.found.has(name))) continue;
      const operands = this.operandsOf(node, values, made);
      if (!operands) continue;
      const extents = node.inputs.flatMap(
        (name) => made.get(name) ?? (operands.has(name) ? extentOf(operands.get(name)!) : []),
      );
      const extent = followingExtent(node, extents);
      // What may grow is computed by itself, once the sizes of its operands are known.
      if (extent.elements > FOLD_LIMIT || total + extent.elements > GROUP_LIMIT) {
        if (node === first) break;
        continue;
      }
      total += extent.elements;
      group.add(node);
      for (const [name, tensor] of operands) read.set(name, tensor);
      for (const name of node.outputs) {
        made.set(name, extent);
        pending.push(...(this.readers.get(name) ?? []).toReversed());
      }
    }
    const inOrder = [...group].sort((a, b) => this.places.get(a)! - this.places.get(b)!);
    return { group: group.has(first) ? inOrder : [], read };
  }

  /** Nodes from `first` on that read a constant which was not known when the last group was looked for. */
  private computableSince(first: SourceNode, values: ReadonlyMap<string, Value>): SourceNode[] {
    const place = this.places.get(first)!;
    const from = this.lookedUpTo;
    this.lookedUpTo = place;
    if (from === null) return this.nodes.slice(place).toReversed();
    const known = this.nodes.slice(from, place).flatMap(({ outputs }) => outputs);
    return known.flatMap((name) => {
      const value = values.get(name);
      return value && constantOf(value) ? (this.readers.get(name) ?? []) : [];
    });
  }

  /** The constants that a node reads beside what the group makes; null where it reads anything else. */
  private operandsOf(
    node: SourceNode,
    values: ReadonlyMap<string, Value>,
    made: ReadonlyMap<string, Extent>,
  ): Map<string, Tensor> | null {
    const operands = new Map<string, Tensor>();
    for (const name of node.inputs) {
      if (name === '' || made.has(name)) continue;
      const value = values.get(name);
      const tensor = value ? constantOf(value) : null;
      if (!tensor || !isFoldable(tensor)) return null;
      operands.set(name, tensor);
    }
    return operands;
  }
}

const follows = ({ op, domain, inputs }: SourceNode) =>
  (domain === '' || domain === 'ai.onnx') && FOLLOWING.has(op) && inputs.some((name) => name !== '');
