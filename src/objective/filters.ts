import type { SourceGraph } from '../graph/lower/source';
import { sizeOf } from '../graph/tensor';
import type { ParameterTensor } from './objective';

/**
 * How filter normalization cuts a parameter: by the output axis in ONNX's layouts. One filter of Conv and of
 * Gemm(transB=1) is one entry of axis 0, of MatMul and Gemm(transB=0) of the last axis, of ConvTranspose of axis 1
 * within each group, of recurrent layers one row of a gate, of embeddings one row.
 * @returns null for one-dimensional tensors (bias, scale), which stay still
 */
export function filtersOf(source: SourceGraph, name: string, shape: readonly number[]): ParameterTensor['filters'] {
  const node = source.nodes.find(({ inputs }) => inputs.includes(name));
  // A matrix with a single row is still a matrix; a bias written as [1, C, 1, 1] is still a bias.
  const axes = node && PRODUCTS.has(node.op) ? shape.length : shape.filter((dim) => dim > 1).length;
  if (axes < 2) return null;
  return along(shape, outputAxis(node, name, shape.length));
}

const PRODUCTS = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'LSTM', 'GRU', 'RNN', 'Gather']);

type SourceNode = SourceGraph['nodes'][number];

function outputAxis(node: SourceNode | undefined, name: string, rank: number): number {
  const operand = node?.inputs.indexOf(name) ?? -1;
  switch (node?.op) {
    case 'MatMul':
      return operand === 0 ? rank - 2 : rank - 1;
    case 'Gemm': {
      // A stored weight may be either operand: the output axis is the one that is not summed over.
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
