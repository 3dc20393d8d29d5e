import type { AnalysisOptions } from '../options/options';
import type { ClusterRequest } from '../cluster/plan';
import { UserError } from '../errors';
import type { Measure } from './measured';

/**
 * Returns how a command measures: on a cluster where the options ask for one, else on this machine.
 * @param here loads what measures on this machine
 */
export function whereAsked(
  command: ClusterRequest['command'],
  places: readonly string[],
  here: () => Promise<Measure>,
): () => Promise<Measure> {
  return () =>
    Promise.resolve(async (options, hooks) => {
      const { cluster, jobs, sbatch, shards } = options;
      if (cluster === undefined) {
        refuseWithout({ jobs, sbatch, shards });
        return (await here())(options, hooks);
      }
      const { clusterSettings, runOnCluster } = await import('../analysis/cluster/runOnCluster');
      return runOnCluster({ command, places: [...places], options }, clusterSettings(options), hooks);
    });
}

/** @throws UserError if options of a cluster are given without one */
function refuseWithout(given: Pick<AnalysisOptions, 'jobs' | 'sbatch' | 'shards'>): void {
  const [name] = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  if (name === undefined) return;
  throw new UserError({
    what: `--${name} is for a cluster.`,
    where: [`--${name}`],
    action: `Add --cluster slurm, or leave --${name} out.`,
  });
}
