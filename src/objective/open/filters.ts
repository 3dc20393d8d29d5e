import { byName } from '../../graph/byName';
import type { SourceGraph } from '../../graph/source';
import { sizeOf } from '../../graph/tensor';
import type { ParameterTensor } from '../objective';

/**
 * Finds how filter normalization cuts a parameter: along the output axis of ONNX's layouts. One filter is one entry of
 * axis 0 for Conv and Gemm(transB=1), of the last axis for MatMul and Gemm(transB=0), and of axis 1 within each group
 * for ConvTranspose. For recurrent layers it is one row of a gate, and for embeddings one row.
 * @returns null for one-dimensional tensors (bias, scale), which filter normalization leaves unchanged
 */
export function filtersOf(source: SourceGraph, name: string, shape: readonly number[]): ParameterTensor['filters'] {
  const reader = firstReader(source, name);
  // A matrix with a single row is still a matrix; a bias written as [1, C, 1, 1] is still a bias.
  const isMatrix = reader && MATRICES[reader.node.op]?.includes(reader.node.inputs.indexOf(reader.name));
  const axes = isMatrix ? shape.length : shape.filter((dim) => dim > 1).length;
  if (axes < 2) return null;
  const axis = outputAxis(reader?.node, reader?.name ?? name, shape.length);
  return along(shape, reader?.perm ? reader.perm[axis] : axis);
}

/** Inputs of each operator that hold matrices or kernels; its other inputs are biases. */
const MATRICES: Readonly<Record<string, readonly number[]>> = byName({
  MatMul: [0, 1],
  Gemm: [0, 1],
  Conv: [1],
  ConvTranspose: [1],
  LSTM: [1, 2],
  GRU: [1, 2],
  RNN: [1, 2],
  Gather: [0],
  LinearRegressor: [1],
  LinearClassifier: [1],
});

/** The first node that computes with a tensor, the tensor's name there, and how its axes were permuted on the way. */
function firstReader(
  { nodes }: SourceGraph,
  name: string,
): { node: SourceNode; name: string; perm: readonly number[] | null } | null {
  let perm: readonly number[] | null = null;
  for (let at = name; ;) {
    const node = nodes.find(({ inputs }) => inputs.includes(at));
    if (!node) return null;
    const exchanged = node.op === 'Transpose' ? (node.attributes.perm?.value as readonly number[] | undefined) : null;
    if (!exchanged && node.op !== 'Identity' && node.op !== 'Cast') return { node, name: at, perm };
    if (exchanged) perm = perm ? exchanged.map((axis) => perm![axis]) : exchanged;
    at = node.outputs[0];
  }
}

type SourceNode = SourceGraph['nodes'][number];

function outputAxis(node: SourceNode | undefined, name: string, rank: number): number {
  const operand = node?.inputs.indexOf(name) ?? -1;
  switch (node?.op) {
    case 'MatMul':
      return operand === 0 ? rank - 2 : rank - 1;
    case 'Gemm': {
      // A stored weight may be either operand. Its output axis is the one that is not summed over.
      const transposed = node.attributes[operand === 0 ? 'transA' : 'transB']?.value === 1;
      return (operand === 0) === transposed ? 1 : 0;
    }
    case 'ConvTranspose':
      return 1;
    // [directions, gates · hidden, …]
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return rank - 2;
    default:
      return 0;
  }
}

function along(shape: readonly number[], axis: number): { outer: number; filters: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), filters: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}
