import { join } from 'node:path';
import { Gang } from '../../cluster/gang/gang';
import type { RankPlace } from '../../cluster/gang/place';
import { checkSame, toldRanks } from '../../cluster/gang/rankFacts';
import { Rendezvous } from '../../cluster/gang/rendezvous';
import { shardedObjective } from '../../cluster/gang/sharded';
import type { OpenedObjective } from '../../objective/open/openedObjective';
import type { Report } from '../../report/report';
import { analyze } from '../analyze';
import type { AnalyzeHooks } from '../analyze';
import { Cache } from '../keep/cache';
import { disown } from '../../journal/claim';
import type { GangPlan } from './gangPlan';
import { shardsOf } from './gangPlan';
import { shardsOfOpened } from './openShards';

export type ShardedHooks = Pick<AnalyzeHooks, 'signal' | 'onNote' | 'onProgress' | 'onPartial'>;

/**
 * Runs an analysis as rank 0: it measures by asking all ranks, and keeps each answer in the journal of the run's folder.
 * A run that stopped is replayed from there.
 * @param folder of this run alone
 * @throws LostRankError when another rank is lost
 */
export async function analyzeSharded(
  plan: GangPlan,
  place: RankPlace,
  folder: string,
  hooks: ShardedHooks = {},
): Promise<Report> {
  const meeting = await Rendezvous.at(place.meeting);
  await meeting.makeToken();
  const cache = join(folder, 'cache');
  await disown((await Cache.open(cache)).journals);
  const stop = new AbortController();
  const signal = hooks.signal ? AbortSignal.any([hooks.signal, stop.signal]) : stop.signal;
  let reaching: Promise<Gang> | null = null;
  const over = (opened: OpenedObjective) => {
    const { objective, batches } = opened;
    const own = shardsOfOpened(opened, plan, place, false);
    const gang = Gang.reach(place, meeting, own, signal);
    reaching = gang;
    gang
      .then(({ facts, lost }) => {
        checkSame(facts[0], facts);
        return lost;
      })
      .catch((fault: unknown) => stop.abort(fault));
    return shardedObjective(objective, {
      shards: shardsOf(plan, batches),
      batches,
      group: gang.then(({ group }) => group),
    });
  };
  try {
    const report = await analyze(plan.model, plan.options, { ...hooks, signal, cache, over });
    if (!reaching) {
      await meeting.end();
      return report;
    }
    const gang = await (reaching as Promise<Gang>);
    await gang.leave();
    return { ...report, notes: [...(report.notes ?? []), toldRanks(gang.facts)] };
  } catch (fault) {
    void (reaching as Promise<Gang> | null)?.then((gang) => gang.drop()).catch(() => undefined);
    throw fault;
  }
}
