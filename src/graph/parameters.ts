import type { SourceGraph, SourceNode } from './lower/source';
import type { Tensor } from './tensor';
import { isFloat, numbers } from './tensor';

/** Why a floating initializer is trained, or is not. */
export interface Classification {
  name: string;
  shape: readonly number[];
  trained: boolean;
  reason: string;
}

interface Use {
  node: SourceNode;
  input: number;
}

/** Inputs that hold weights, by operator. */
const WEIGHTS: Record<string, readonly number[]> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  Gather: [0],
  PRelu: [1],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  LSTM: [1, 2, 3, 7],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
  Einsum: [0, 1, 2, 3],
};

/** Inputs that are never trained, and what they are. */
const FIXED: Record<string, Record<number, string>> = {
  BatchNormalization: { 3: 'running mean', 4: 'running variance' },
  Clip: { 1: 'clip bound', 2: 'clip bound' },
  Pad: { 2: 'padding value' },
  Pow: { 1: 'exponent' },
  Resize: { 1: 'region', 2: 'scale' },
  Upsample: { 1: 'scale' },
  Dropout: { 1: 'dropout ratio' },
  OneHot: { 2: 'values' },
  LSTM: { 5: 'initial state', 6: 'initial state' },
  GRU: { 5: 'initial state' },
  RNN: { 5: 'initial state' },
  QuantizeLinear: { 1: 'quantization scale' },
  DequantizeLinear: { 1: 'quantization scale' },
};

/** Operators that hand a tensor on unchanged or rearranged: what reads their output tells what their input is. */
const PASSING = new Set([
  'Identity',
  'Transpose',
  'Reshape',
  'Unsqueeze',
  'Squeeze',
  'Flatten',
  'Cast',
  'Expand',
  'Slice',
  'Split',
  'Concat',
  'Tile',
]);

/** A number so low that only a mask before a softmax would hold it. */
const MASKED = -1e4;

/** Which floating initializers are trained, with the reason for each. Sorted as the graph uses them. */
export function classifyParameters(source: SourceGraph): Classification[] {
  const uses = usesByName(source);
  const order = new Map<string, number>();
  for (const node of source.nodes) for (const name of node.inputs) if (!order.has(name)) order.set(name, order.size);
  return [...source.initializers]
    .filter(([name, tensor]) => isFloat(tensor.dtype) && order.has(name))
    .sort(([a], [b]) => order.get(a)! - order.get(b)!)
    .map(([name, tensor]) => ({ name, shape: tensor.shape, ...classify(name, tensor, uses) }));
}

function classify(
  name: string,
  tensor: Tensor,
  uses: ReadonlyMap<string, Use[]>,
): { trained: boolean; reason: string } {
  const found = finalUses(name, uses);
  const weight = found.find(({ node, input }) => WEIGHTS[node.op]?.includes(input));
  if (weight) return { trained: true, reason: `weights of ${weight.node.op} "${weight.node.name}"` };
  if (found.length === 0) return { trained: false, reason: 'used by no node' };
  const fixed = found.find(({ node, input }) => FIXED[node.op]?.[input]);
  if (fixed)
    return { trained: false, reason: `${FIXED[fixed.node.op][fixed.input]} of ${fixed.node.op} "${fixed.node.name}"` };
  const [{ node }] = found;
  if (tensor.data.length <= 1) return { trained: false, reason: `scalar operand of ${node.op} "${node.name}"` };
  if (isMask(tensor)) return { trained: false, reason: `mask, read by ${node.op} "${node.name}"` };
  return { trained: true, reason: `operand of ${node.op} "${node.name}"` };
}

/** The nodes that compute with a tensor, looking through those that only rearrange it. */
function finalUses(name: string, uses: ReadonlyMap<string, Use[]>, seen = new Set<string>()): Use[] {
  if (seen.has(name)) return [];
  seen.add(name);
  return (uses.get(name) ?? []).flatMap((use) => {
    const passes = PASSING.has(use.node.op) && (use.input === 0 || use.node.op === 'Concat');
    if (!passes) return [use];
    const beyond = use.node.outputs.flatMap((output) => finalUses(output, uses, seen));
    return beyond.length > 0 ? beyond : [use];
  });
}

function usesByName({ nodes }: Pick<SourceGraph, 'nodes'>): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const node of nodes) {
    for (const [input, name] of node.inputs.entries()) {
      if (name === '') continue;
      if (!uses.has(name)) uses.set(name, []);
      uses.get(name)!.push({ node, input });
    }
  }
  return uses;
}

function isMask(tensor: Tensor): boolean {
  let zero = false;
  let masked = false;
  for (const value of tensor.data as Float32Array) {
    if (value === 0) zero = true;
    else if (value <= MASKED) masked = true;
    else return false;
  }
  return zero && masked;
}

/**
 * Exporters write equal initializers once: all zero biases of a width, all unit scales. Trained as one tensor they
 * would be tied, which they were not. Gives each use its own copy where the tensor is one-dimensional and all its
 * elements are equal; anything else used twice is taken to be tied on purpose.
 * @returns the graph, and the names that were split
 */
export function splitMergedInitializers(source: SourceGraph): { source: SourceGraph; split: string[] } {
  const uses = usesByName(source);
  const initializers = new Map(source.initializers);
  const renamed = new Map<SourceNode, string[]>();
  const split: string[] = [];
  for (const [name, tensor] of source.initializers) {
    const places = uses.get(name) ?? [];
    if (places.length < 2 || !isFloat(tensor.dtype) || tensor.shape.length !== 1 || tensor.shape[0] < 2) continue;
    const [first, ...rest] = numbers(tensor);
    if (rest.some((value) => value !== first)) continue;
    split.push(name);
    for (const [i, { node, input }] of places.slice(1).entries()) {
      const copy = `${name}/${i + 2}`;
      initializers.set(copy, tensor);
      if (!renamed.has(node)) renamed.set(node, [...node.inputs]);
      renamed.get(node)![input] = copy;
    }
  }
  const nodes = source.nodes.map((node) => (renamed.has(node) ? { ...node, inputs: renamed.get(node)! } : node));
  return { source: split.length > 0 ? { ...source, nodes, initializers } : source, split };
}
