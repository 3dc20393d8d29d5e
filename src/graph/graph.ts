import type { Op, OpAttributes } from './ops';
import type { DType, Tensor } from './tensor';
import { sizeOf } from './tensor';

/** One tensor in the graph, of static type and shape. Ids grow along the data flow: sorting by id is topological. */
export interface Value {
  readonly id: number;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The node that computes it; null for an input. */
  readonly node: Node | null;
  /** Which output of the node. */
  readonly index: number;
  /** For inputs: the name the caller feeds. */
  readonly name?: string;
}

export interface Node<O extends Op = Op> {
  readonly op: O;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[O];
  readonly outputs: Value[];
  /** Name of the node of the user's model that it came from, for errors and profiles. */
  readonly origin: string;
}

export function isOp<O extends Op>(value: Value, op: O): value is Value & { node: Node<O> } {
  return value.node?.op === op;
}

/** The tensor of a constant value, else null. */
export function constantOf(value: Value): Tensor | null {
  return isOp(value, 'Constant') ? (value.node as Node<'Constant'>).attributes.tensor : null;
}

const SPLAT_LIMIT = 4096;

/** The single number that all elements of a constant equal, or null. Large constants are not searched. */
export function splatOf(value: Value): number | null {
  const tensor = constantOf(value);
  const size = tensor ? sizeOf(tensor.shape) : 0;
  if (!tensor || size === 0 || size > SPLAT_LIMIT) return null;
  const first = tensor.data[0];
  for (let i = 1; i < tensor.data.length; i++) if (tensor.data[i] !== first) return null;
  return Number(first);
}

/** Every node that the outputs need, in topological order, not going beyond `stop` values. */
export function nodesOf(outputs: readonly Value[], stop: ReadonlySet<Value> = new Set()): Node[] {
  const seen = new Set<Node>();
  const stack = [...outputs];
  while (stack.length > 0) {
    const value = stack.pop()!;
    if (stop.has(value) || !value.node || seen.has(value.node)) continue;
    seen.add(value.node);
    stack.push(...value.node.inputs);
  }
  return [...seen].sort((a, b) => a.outputs[0].id - b.outputs[0].id);
}

/** The values of `nodesOf(outputs)` that depend on any of the `sources`, the sources included. */
export function dependents(outputs: readonly Value[], sources: Iterable<Value>): Set<Value> {
  const result = new Set<Value>(sources);
  for (const node of nodesOf(outputs)) {
    if (node.inputs.some((input) => result.has(input))) for (const output of node.outputs) result.add(output);
  }
  return result;
}

/** The values of `nodesOf(outputs)` that depend on constants only, so that the runtime folds them into the session. */
export function folded(outputs: readonly Value[], constants: Iterable<Value>): Set<Value> {
  const result = new Set<Value>(constants);
  for (const node of nodesOf(outputs)) {
    if (node.op === 'Constant' || (node.inputs.length > 0 && node.inputs.every((input) => result.has(input))))
      for (const output of node.outputs) result.add(output);
  }
  return result;
}

/** The nodes that read each value, in order; null stands for the caller, who reads the outputs. */
export function readersOf(nodes: readonly Node[], outputs: readonly Value[]): Map<Value, (Node | null)[]> {
  const readers = new Map<Value, (Node | null)[]>();
  const add = (value: Value, reader: Node | null) => {
    const known = readers.get(value);
    if (known) known.push(reader);
    else readers.set(value, [reader]);
  };
  for (const node of nodes) for (const input of node.inputs) add(input, node);
  for (const output of outputs) add(output, null);
  return readers;
}

/** Whether a value is another with only its last two axes swapped, which a product reads directly. */
export function swapsLast(value: Value): boolean {
  if (!isOp(value, 'Transpose')) return false;
  const { perm } = (value.node as Node<'Transpose'>).attributes;
  const rank = perm.length;
  return perm.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}
