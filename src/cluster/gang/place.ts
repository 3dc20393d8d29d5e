import { join } from 'node:path';
import { UserError } from '../../errors';

/** Which process of a gang this one is. */
export interface RankPlace {
  rank: number;
  ranks: number;
  /** Folder in which the ranks of this start find each other. */
  meeting: string;
}

/**
 * Reads the place of this process from the variables that srun sets. A job that Slurm starts again meets in another
 * folder, so that no rank asks one of the last start.
 * @throws UserError outside of srun
 */
export function rankPlace(folder: string, env: NodeJS.ProcessEnv): RankPlace {
  const [rank, ranks] = [env.SLURM_PROCID, env.SLURM_NTASKS ?? env.SLURM_STEP_NUM_TASKS].map(Number);
  if (!Number.isInteger(rank) || !Number.isInteger(ranks) || rank < 0 || rank >= ranks) {
    throw new UserError({
      what: 'This process does not know which rank it is.',
      where: [`SLURM_PROCID=${env.SLURM_PROCID ?? ''} SLURM_NTASKS=${env.SLURM_NTASKS ?? ''}`],
      action: 'Start all ranks in one step: srun --kill-on-bad-exit=1 --ntasks=N ridgeline rank FOLDER.',
    });
  }
  const start = [env.SLURM_JOB_ID ?? 'local', env.SLURM_STEP_ID ?? '0', env.SLURM_RESTART_COUNT ?? '0'].join('-');
  return { rank, ranks, meeting: join(folder, 'meetings', start) };
}
