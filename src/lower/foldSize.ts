import { GraphBuilder } from '../graph/builder';
import { TooLargeError } from '../graph/limits';
import { broadcastShapes } from '../graph/shapes';
import type { Tensor } from '../graph/tensor';
import { numbers, sizeOf } from '../graph/tensor';
import type { Lowering } from './context';
import { contextOf } from './context';
import type { SourceNode } from '../graph/source';

/** Facts about a tensor before it is computed: a bound on its number of elements, and its shape if the operator determines it. */
export interface Extent {
  elements: number;
  shape: readonly number[] | null;
}

export const extentOf = ({ shape }: Tensor): Extent => ({ elements: sizeOf(shape), shape });

/** Operators that return one element, a part, or the elements in another order or type. */
const SHRINKING = new Set([
  ...['Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Split', 'Shape', 'Size'],
  ...['ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceSum'],
]);

/** @returns a bound on what an operator that follows others gives (`Folds`), whose operands are bounded themselves */
export function followingExtent({ op }: SourceNode, operands: readonly Extent[]): Extent {
  if (SHRINKING.has(op)) return { elements: Math.max(operands[0].elements, op === 'Shape' ? 64 : 1), shape: null };
  if (op === 'Concat') return { elements: operands.reduce((sum, { elements }) => sum + elements, 0), shape: null };
  if (op === 'Gather') return { elements: operands[0].elements * (operands[1]?.elements ?? 1), shape: null };
  return operands.reduce(broadcast);
}

function broadcast(a: Extent, b: Extent): Extent {
  // A single number broadcasts with anything, whatever its rank.
  if (a.elements <= 1 && b.shape === null) return b;
  if (b.elements <= 1 && a.shape === null) return a;
  if (a.shape === null || b.shape === null) return { elements: a.elements * b.elements, shape: null };
  try {
    const shape = broadcastShapes(a.shape, b.shape);
    return { elements: sizeOf(shape), shape };
  } catch {
    // They do not fit together; computing them reports it.
    return { elements: 0, shape: null };
  }
}

/**
 * Number of elements of a node's result on constants; null if only running it shows this. Supported operators are lowered
 * again in a temporary graph, which gives their shapes without computing anything.
 * @throws TooLargeError if even that graph would be too large
 */
export function resultElements(
  node: SourceNode,
  tensors: readonly (Tensor | null)[],
  opset: number,
  lowering: Lowering | undefined,
): number | null {
  const generated = generatedElements(node, tensors);
  if (generated !== null) return Number.isNaN(generated) ? null : generated;
  if (!lowering) return null;
  const g = new GraphBuilder();
  g.mostNodes = MOST_TRIED;
  try {
    const inputs = tensors.map((tensor) => tensor && g.constant(tensor));
    const results = lowering(contextOf(g, node, inputs, opset));
    return Math.max(...[results].flat().map((value) => (value ? sizeOf(value.shape) : 0)));
  } catch (fault) {
    if (fault instanceof TooLargeError) throw fault;
    // The runtime may support it, or give a better reason.
    return null;
  }
}

const MOST_TRIED = 2 ** 16;

/** Of operators that make numbers of a few settings and are only run. */
function generatedElements({ op, domain }: SourceNode, tensors: readonly (Tensor | null)[]): number | null {
  if (domain !== '') return null;
  const [first = [], second = [], third = []] = tensors.map((tensor) => (tensor ? numbers(tensor) : []));
  switch (op) {
    case 'Range':
      return Math.max(0, Math.ceil((second[0] - first[0]) / third[0]));
    case 'ConstantOfShape':
      return sizeOf(first);
    case 'HannWindow':
    case 'HammingWindow':
    case 'BlackmanWindow':
      return first[0];
    case 'MelWeightMatrix':
      return first[0] * (second[0] / 2 + 1);
    default:
      return null;
  }
}
