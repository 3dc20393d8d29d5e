/**
 * Ranks ask each other in a binomial tree: rank r asks r + 1, r + 2, r + 4, …, up to its lowest set bit, and answers for
 * all below it. Each rank so sends and receives the vectors of log₂ R others at most, and each subtree is a run of
 * consecutive ranks.
 */
export function childrenOf(rank: number, ranks: number): number[] {
  const children: number[] = [];
  for (let step = 1; (rank === 0 || step < (rank & -rank)) && rank + step < ranks; step *= 2)
    children.push(rank + step);
  return children;
}

/** Who asks a rank; null for rank 0. */
export function parentOf(rank: number): number | null {
  return rank === 0 ? null : rank - (rank & -rank);
}

/** The ranks from `rank` to before the returned one are the rank itself and all below it. */
export function endOfSubtree(rank: number, ranks: number): number {
  return rank === 0 ? ranks : Math.min(ranks, rank + (rank & -rank));
}

/** Rank r of R holds the shards from ⌊r·S/R⌋ to before ⌊(r + 1)·S/R⌋, so that neighbours in the sum are together. */
export function shardsOfRanks(from: number, to: number, { shards, ranks }: { shards: number; ranks: number }) {
  return [Math.floor((from * shards) / ranks), Math.floor((to * shards) / ranks)] as const;
}
