import { alignRank } from './elementwise';
import type { BatchingTable } from './batching';

export const productBatching: BatchingTable = {
  MatMul({ g, node, inputs: [a, b], batched }) {
    const rank = node.outputs[0].shape.length;
    return [g.matmul(batched[0] ? alignRank(g, a, rank) : a, batched[1] ? alignRank(g, b, rank) : b)];
  },
};
