import type { Value } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import { alignRank } from './elementwise';
import type { BatchingContext, BatchingTable } from './batching';

/**
 * Rows a [K,…,1,p] times matrices b […,p,n] that are the same in every run. The K rows become one operand [K,p], so that b
 * is read once. Null for other shapes.
 */
function rowsTogether({ g, node, inputs: [a, b], batched }: BatchingContext<'MatMul'>): Value | null {
  const { shape } = node.inputs[0];
  const rank = shape.length;
  if (batched[1] || rank < 3 || shape[rank - 2] !== 1 || String(shape.slice(0, -2)) !== String(b.shape.slice(0, -2)))
    return null;
  const rows = g.squeeze(g.moveAxis(a, 0, rank - 1), [rank - 2]);
  return g.unsqueeze(g.moveAxis(g.matmul(rows, b), rank - 2, 0), [rank - 1]);
}

/**
 * Matrices a […,m,p] times a matrix b [K,p,n] of each run. Their rows become one long operand, so that b is read K times
 * instead of once per matrix. Null for other shapes. [100,17,128] times [5,128,32] on one thread: 0.9 ms instead of 1.5.
 */
function rowsInLine({ g, node, inputs: [a, b], batched, size }: BatchingContext<'MatMul'>): Value | null {
  const { shape } = node.inputs[0];
  if (!batched[1] || node.inputs[1].shape.length > 2 || shape.length < 3) return null;
  const rows = [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
  return g.reshape(g.matmul(g.reshape(a, batched[0] ? [size, ...rows] : rows), b), [size, ...node.outputs[0].shape]);
}

export const productBatching: BatchingTable = {
  MatMul(context) {
    const { g, node, inputs, batched } = context;
    const rank = node.outputs[0].shape.length;
    const [a, b] = inputs.map((x, i) => (batched[i] ? alignRank(g, x, rank) : x));
    return [rowsTogether(context) ?? rowsInLine(context) ?? g.matmul(a, b)];
  },
};
