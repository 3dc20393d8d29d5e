import type { Op } from '../../graph/ops';
import type { Batching, BatchingTable } from './batching';
import { elementwiseBatching } from './elementwise';
import { productBatching } from './products';
import { structureBatching } from './structure';

const table: BatchingTable = { ...elementwiseBatching, ...structureBatching, ...productBatching };

/** How an operator runs over a leading axis. @throws Error for an operator without such a rule, which is our fault */
export function batchingOf(op: Op): Batching {
  const batching = table[op];
  if (!batching) throw new Error(`no batching rule for ${op}`);
  return batching as Batching;
}
