import type { Node, Value } from '../graph/graph';
import { dependents, nodesOf, readersOf } from '../graph/graph';
import type { Op } from '../graph/ops';
import { ARITHMETIC, UNARY } from '../graph/ops';
import { isFloat } from '../graph/tensor';

/** A product of the data with weights: what a model calls a layer. */
export interface WeightedProduct {
  node: Node;
  /** The operand that comes from the data. */
  input: Value;
  /** The operand that does not depend on the data. */
  weight: Value;
  /** Whether another product with the same weights lies before it on a path, as in a recurrent layer. */
  repeated: boolean;
}

/** How the signal runs from the data to the prediction, and its gradient back. */
export interface SignalFlow {
  /** Nodes that the prediction needs, in the order of the data flow. */
  nodes: readonly Node[];
  readers: ReadonlyMap<Value, (Node | null)[]>;
  products: readonly WeightedProduct[];
  /** Whether a value depends on the data and passes a gradient on to the parameters. */
  carries(value: Value): boolean;
  fromData(value: Value): boolean;
  /** Largest number of weighted products on a path from the data to the value; those of a recurrence do not count. */
  depthOf(value: Value): number;
}

const PRODUCTS: ReadonlySet<Op> = new Set<Op>(['MatMul', 'Conv', 'ConvInput', 'Gather']);

const ELEMENTWISE: ReadonlySet<Op> = new Set<Op>([...UNARY, ...ARITHMETIC, 'Where', 'Cast']);

/** Whether each element of the result depends only on the elements of the operands at its place. */
export const isElementwise = ({ op }: Node): boolean => ELEMENTWISE.has(op);

/**
 * Follows the signal through a graph of core operators.
 * @param data inputs of the graph with samples
 * @param trained values of the parameters
 */
export function signalFlow(prediction: Value, data: readonly Value[], trained: readonly Value[]): SignalFlow {
  const nodes = nodesOf([prediction]);
  const ofData = dependents([prediction], data);
  const moving = new Set<Value>(trained);
  for (const node of nodes) {
    // A comparison or a rounded number passes no gradient on.
    if (!node.inputs.some((input) => moving.has(input))) continue;
    for (const output of node.outputs) if (isFloat(output.dtype)) moving.add(output);
  }
  const fromData = (value: Value) => ofData.has(value);
  const products = repetitions(
    nodes.flatMap((node) => productOf(node, fromData)),
    prediction,
  );
  const depths = depthsOf(nodes, products);
  return {
    nodes,
    readers: readersOf(nodes, [prediction]),
    products,
    fromData,
    carries: (value) => ofData.has(value) && moving.has(value),
    depthOf: (value) => depths.get(value) ?? 0,
  };
}

function productOf(node: Node, fromData: (value: Value) => boolean): Omit<WeightedProduct, 'repeated'>[] {
  if (!PRODUCTS.has(node.op)) return [];
  const [a, b] = node.inputs;
  if (fromData(a) === fromData(b)) return [];
  // Rows of a table that the data pick are a layer; a constant pick from the data is none.
  if (node.op === 'Gather') return fromData(b) && isFloat(a.dtype) ? [{ node, input: b, weight: a }] : [];
  return [fromData(a) ? { node, input: a, weight: b } : { node, input: b, weight: a }];
}

/** Marks products that apply weights again to what earlier products with the same weights have made. */
function repetitions(found: readonly Omit<WeightedProduct, 'repeated'>[], prediction: Value): WeightedProduct[] {
  const uses = new Map<Value, number>();
  for (const { weight } of found) uses.set(weight, (uses.get(weight) ?? 0) + 1);
  const reached = new Map<Value, ReadonlySet<Value>>();
  return found.map((product) => {
    const { weight, input, node } = product;
    if (uses.get(weight) === 1) return { ...product, repeated: false };
    const known = reached.get(weight);
    if (!known) reached.set(weight, dependents([prediction], node.outputs));
    return { ...product, repeated: known?.has(input) ?? false };
  });
}

function depthsOf(nodes: readonly Node[], products: readonly WeightedProduct[]): ReadonlyMap<Value, number> {
  const inLoops = new Set(products.filter(({ repeated }) => repeated).map(({ weight }) => weight));
  const counted = new Set(products.filter(({ weight }) => !inLoops.has(weight)).map(({ node }) => node));
  const depths = new Map<Value, number>();
  for (const node of nodes) {
    const before = node.inputs.reduce((most, input) => Math.max(most, depths.get(input) ?? 0), 0);
    for (const output of node.outputs) depths.set(output, before + (counted.has(node) ? 1 : 0));
  }
  return depths;
}
