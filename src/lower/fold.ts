import type { Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import type { Evaluator } from '../graph/evaluator';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import type { Extent } from './foldSize';
import { extentOf, followingExtent } from './foldSize';
import type { SourceGraph, SourceNode } from '../graph/source';

/** Larger constants stay in the graph instead of being computed beforehand. */
const FOLD_LIMIT = 2 ** 24;

/** Largest number of elements of all results that are computed together. */
const GROUP_LIMIT = 2 ** 26;

export const isFoldable = (tensor: Tensor | null) => !tensor || sizeOf(tensor.shape) <= FOLD_LIMIT;

/**
 * Operators that exporters use to compute shapes, positions and masks. None draws random numbers or contains a graph, and
 * their results are about as large as their inputs.
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
 * Computes the constants of one graph. Creating a session takes milliseconds however small the graph is, and exporters write
 * hundreds of nodes that compute shapes. One session therefore computes a node together with those behind it that read only
 * constants and one another.
 */
export class Folds {
  private readonly found = new Map<string, Tensor>();
  private readonly places = new Map<SourceNode, number>();
  private readonly readers = new Map<string, SourceNode[]>();
  /** Number of nodes whose results have been examined; null before the first group, which examines every node. */
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
   * The results of a node, without omitted ones.
   * @param values known values by name
   * @throws Error with the runtime's message if it refuses the operands
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
      // One of them cannot be computed. Computing each separately shows which, and whether anything reads it.
    }
  }

  /**
   * A node and the nodes behind it that can be computed with it, and the constants that they read. It examines only nodes
   * that may have become computable since the last group, so that all groups together examine each operand once.
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
      // A node whose result may grow is computed separately, once the sizes of its operands are known.
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

  /** Nodes from `first` on that read a constant that was unknown when the last group was formed. */
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

  /** The constants that a node reads beside the results of the group; null if it reads anything else. */
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
