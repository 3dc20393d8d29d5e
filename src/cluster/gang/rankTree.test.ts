import { expect, it } from 'vitest';
import { childrenOf, endOfSubtree, parentOf, shardsOfRanks } from './rankTree';

it.each([1, 2, 3, 4, 5, 7, 8, 13, 64])('reaches each of %i ranks once, in runs of consecutive ranks', (ranks) => {
  const below = (rank: number): number[] => [rank, ...childrenOf(rank, ranks).flatMap(below)];
  expect(below(0)).toEqual(Array.from({ length: ranks }, (_, rank) => rank));
  for (let rank = 0; rank < ranks; rank++) {
    expect(below(rank).at(-1)).toBe(endOfSubtree(rank, ranks) - 1);
    for (const child of childrenOf(rank, ranks)) expect(parentOf(child)).toBe(rank);
    expect(childrenOf(rank, ranks).length).toBeLessThanOrEqual(Math.ceil(Math.log2(ranks)));
  }
});

it('gives every shard to one rank, in their order', () => {
  for (const ranks of [1, 2, 3, 5]) {
    const held = Array.from({ length: ranks }, (_, rank) => shardsOfRanks(rank, rank + 1, { shards: 7, ranks }));
    expect(held[0][0]).toBe(0);
    expect(held.at(-1)![1]).toBe(7);
    for (let rank = 1; rank < ranks; rank++) expect(held[rank][0]).toBe(held[rank - 1][1]);
  }
});
