import { setTimeout as wait } from 'node:timers/promises';
import { joinedGroups } from './joinedGroups';
import type { RankPlace } from './place';
import type { RankFacts } from './rankFacts';
import { RankServer } from './rankServer';
import { childrenOf, endOfSubtree, parentOf, shardsOfRanks } from './rankTree';
import { RemoteRank } from './remoteRank';
import { Rendezvous } from './rendezvous';
import type { ShardGroup } from './shardGroup';

/** The shards that a process has opened. */
export interface OpenedShards {
  own: ShardGroup;
  /** Number of shards of all data. */
  shards: number;
  facts: RankFacts;
}

/** How long a rank that cannot serve waits for the rank above to hear why. */
const TELLING_MS = 3_000;

/** All ranks from one on, as the process of that rank sees them. */
export class Gang {
  private constructor(
    readonly group: ShardGroup,
    /** Of this rank and those below it. */
    readonly facts: readonly RankFacts[],
    readonly below: readonly RemoteRank[],
  ) {}

  /** Connects to the ranks below and waits until all can be asked. */
  static async reach(
    { rank, ranks }: RankPlace,
    meeting: Rendezvous,
    { own, shards, facts }: OpenedShards,
    signal?: AbortSignal,
  ): Promise<Gang> {
    const token = await meeting.token(signal);
    const connecting = childrenOf(rank, ranks).map(async (child) => {
      const range = shardsOfRanks(child, endOfSubtree(child, ranks), { shards, ranks });
      return RemoteRank.connect(child, await meeting.addressOf(child, signal), { range, token, signal });
    });
    const settled = await Promise.allSettled(connecting);
    const below = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed) {
      for (const child of below) child.drop();
      throw failed.reason as Error;
    }
    return new Gang(joinedGroups(own, below, shards), [facts, ...below.flatMap((child) => child.facts)], below);
  }

  /** Rejects when a rank below is lost; never fulfilled. */
  get lost(): Promise<never> {
    return this.below.length > 0 ? Promise.race(this.below.map((child) => child.lost)) : new Promise(() => undefined);
  }

  /** Ends the run of all ranks below. */
  async leave(): Promise<void> {
    await Promise.all(this.below.map((child) => child.leave()));
  }

  /** Drops the ranks below, which then end with an error. */
  drop(): void {
    for (const child of this.below) child.drop();
  }
}

/**
 * Serves the shards of this rank, and of those below it, until rank 0 ends the run.
 * @throws LostRankError, or the error that kept the shards from being opened
 */
export async function serveShards(place: RankPlace, open: () => Promise<OpenedShards>): Promise<void> {
  const meeting = await Rendezvous.at(place.meeting);
  const gang = open().then((opened) => Gang.reach(place, meeting, opened));
  // It may fail before anyone waits for it.
  gang.catch(() => undefined);
  const { server, port } = await RankServer.start(gang, meeting.token(), parentOf(place.rank) ?? 0);
  const met = new AbortController();
  void server.met.then(() => met.abort());
  // Rank 0 may find that there is nothing to do, before it asks anyone.
  const nothingToDo = meeting.ended(met.signal).catch((fault: unknown) => {
    if (!met.signal.aborted) throw fault;
    return new Promise<void>(() => undefined);
  });
  const ended = Promise.race([server.ended, nothingToDo]);
  ended.catch(() => undefined);
  try {
    await meeting.tell(place.rank, port);
    const reached = await Promise.race([gang, ended]);
    if (!reached) return;
    await Promise.race([ended, reached.lost]);
    await reached.leave();
  } catch (fault) {
    await Promise.race([server.told, wait(TELLING_MS)]);
    void gang.then((reached) => reached.drop()).catch(() => undefined);
    throw fault;
  } finally {
    met.abort();
    server.stop();
  }
}
