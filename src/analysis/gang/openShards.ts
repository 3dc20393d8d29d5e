import { hostname } from 'node:os';
import { version } from '../../../package.json';
import { cutShards } from '../../cluster/gang/cutShards';
import type { OpenedShards } from '../../cluster/gang/gang';
import { ownShards } from '../../cluster/gang/ownShards';
import type { RankPlace } from '../../cluster/gang/place';
import { shardsOfRanks } from '../../cluster/gang/rankTree';
import { openObjective } from '../../objective/open/openObjective';
import type { OpenedObjective } from '../../objective/open/openedObjective';
import { readModelAndData } from '../../objective/open/readModelAndData';
import { resolveOptions } from '../../options/presets';
import { thisMachine } from '../openAnalysis';
import type { GangPlan } from './gangPlan';
import { shardsOf } from './gangPlan';

/**
 * Opens the shards of one rank. It reads all of the data, since they decide the loss, and then keeps its own samples
 * alone.
 */
export async function openShards(plan: GangPlan, place: RankPlace): Promise<OpenedShards> {
  const options = resolveOptions(plan.options);
  const opened = await openObjective(plan.model, options, {
    read: await readModelAndData(plan.model, options),
    rereads: true,
  });
  return shardsOfOpened(opened, plan, place, true);
}

/** The shards of one rank, of a model that is open. @param alone whether other samples may be freed */
export function shardsOfOpened(
  opened: OpenedObjective,
  plan: GangPlan,
  place: RankPlace,
  alone: boolean,
): OpenedShards {
  const { objective, batches, provider, lanes, model, dataSha256 } = opened;
  const { rank, ranks } = place;
  const shards = shardsOf(plan, batches);
  const range = shardsOfRanks(rank, rank + 1, { shards, ranks });
  const cut = { shards, batches, together: Math.min(plan.together, shards) };
  return {
    own: ownShards(cutShards(objective, cut, range, alone), range[0], shards),
    shards,
    facts: {
      rank,
      host: hostname(),
      machine: thisMachine(),
      device: provider.device,
      same: {
        version,
        model: model.sha256,
        data: dataSha256,
        'number of parameters': objective.dim,
        'number of samples': objective.samples,
        'number of batches': batches,
        'number of lanes': lanes,
        provider: provider.used,
      },
    },
  };
}
