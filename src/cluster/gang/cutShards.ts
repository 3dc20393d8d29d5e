import type { Shard } from '../../objective/shards';

/** Something that cuts a shard out of its batches. */
export interface Shardable {
  shard(from: number, to: number, options: { together: number; alone: boolean }): Shard;
}

export interface ShardCut {
  /** Number of shards of all data. */
  shards: number;
  /** Number of batches of all data. */
  batches: number;
  /** Number of shards that share the memory of a process. It decides what is kept, so it belongs to the plan. */
  together: number;
}

/** Shard s of S holds the batches from ⌊s·B/S⌋ to before ⌊(s + 1)·B/S⌋. */
export function batchesOf(shard: number, { shards, batches }: Pick<ShardCut, 'shards' | 'batches'>): [number, number] {
  return [Math.floor((shard * batches) / shards), Math.floor(((shard + 1) * batches) / shards)];
}

/** The shards of one process, from index `from` to before index `to`. @param alone whether it holds no other data */
export function cutShards(whole: Shardable, cut: ShardCut, [from, to]: readonly [number, number], alone: boolean) {
  return Array.from({ length: to - from }, (_, i) =>
    whole.shard(...batchesOf(from + i, cut), { together: cut.together, alone }),
  );
}
