import type { Value } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { ARITHMETIC, COMPARISON, UNARY } from '../../graph/ops';
import type { Batching, BatchingContext, BatchingTable } from './batching';

const elementwise: Batching = ({ g, node, inputs, batched }) => {
  const rank = node.outputs[0].shape.length;
  return [
    g.apply(
      node.op,
      inputs.map((x, i) => (batched[i] ? alignRank(g, x, rank) : x)),
      node.attributes,
    ),
  ];
};

/** [K, …] with ones after K, so that numpy's broadcasting (which aligns the last axes) leaves K in front. */
export function alignRank(g: BatchingContext['g'], x: Value, rank: number): Value {
  const missing = rank - (x.shape.length - 1);
  return missing > 0 ? g.reshape(x, [x.shape[0], ...Array<number>(missing).fill(1), ...x.shape.slice(1)]) : x;
}

/** Operators that act on each element, with broadcasting. */
export const ELEMENTWISE: readonly Op[] = [...UNARY, ...ARITHMETIC, ...COMPARISON, 'Where', 'Cast'];

export const elementwiseBatching = Object.fromEntries(ELEMENTWISE.map((op) => [op, elementwise])) as BatchingTable;
