import type { Objective } from '../../../objective/objective';
import type { Whole } from '../../../objective/shards';
import type { Shardable } from '../cutShards';
import { cutShards } from '../cutShards';
import { joinedGroups } from '../joinedGroups';
import { ownShards } from '../ownShards';
import { childrenOf, shardsOfRanks } from '../rankTree';
import type { ShardGroup } from '../shardGroup';
import { shardedObjective } from '../sharded';

/** An objective over shards that ranks hold, all of them in this process. */
export function gangHere(
  whole: Whole & Shardable,
  { batches, shards, ranks }: { batches: number; shards: number; ranks: number },
): Objective {
  const cut = { shards, batches, together: shards };
  const groupOf = (rank: number): ShardGroup => {
    const range = shardsOfRanks(rank, rank + 1, { shards, ranks });
    const own = ownShards(cutShards(whole, cut, range, rank > 0), range[0], shards);
    return joinedGroups(own, childrenOf(rank, ranks).map(groupOf), shards);
  };
  return shardedObjective(whole, { shards, batches, group: Promise.resolve(groupOf(0)) });
}
