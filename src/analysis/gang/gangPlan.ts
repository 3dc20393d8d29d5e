import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors';
import type { AnalysisOptions } from '../../options/options';
import { writeWhole } from '../../writeWhole';

/** What a gang measures. It belongs to the run, whatever the number of its ranks. */
export interface GangPlan {
  /** Absolute path of the model; the options' paths are absolute, too. */
  model: string;
  /** With the number of threads of each rank, which decides the last digits. */
  options: AnalysisOptions;
  /** Number of shards of the data, at most one per batch. */
  shards: number;
  /**
   * Number of shards that are expected to share the memory of a rank. It decides which intermediate results are kept, so
   * a run with fewer ranks needs more memory.
   */
  together: number;
}

const FILE = 'gang.json';
/** The report that rank 0 writes. */
export const GANG_REPORT = 'report.json';

export async function writeGangPlan(folder: string, plan: GangPlan): Promise<void> {
  await writeWhole(join(folder, FILE), `${JSON.stringify(plan, null, 1)}\n`);
}

/** @throws UserError where the folder holds none */
export async function readGangPlan(folder: string): Promise<GangPlan> {
  const path = join(folder, FILE);
  try {
    const plan = JSON.parse(await readFile(path, 'utf8')) as GangPlan;
    if (typeof plan.model !== 'string' || !(plan.shards >= 1) || !(plan.together >= 1)) throw new Error('incomplete');
    return plan;
  } catch (cause) {
    throw new UserError(
      {
        what: 'This folder holds no plan of a run whose ranks share the data.',
        where: [path],
        action: 'It is written when a run with shards is submitted: start the run again.',
      },
      { cause },
    );
  }
}

/** The number of shards of data with so many batches. */
export const shardsOf = ({ shards }: Pick<GangPlan, 'shards'>, batches: number): number => Math.min(shards, batches);
