import { UserError } from '../../errors';
import { slurm } from './command';

/** States of jobs that ended badly, with the words for them. */
const TROUBLES: Record<string, string> = {
  OUT_OF_MEMORY: 'ran out of memory',
  TIMEOUT: 'ran out of time',
  NODE_FAIL: 'lost their node',
  BOOT_FAIL: 'lost their node',
  PREEMPTED: 'made way for others',
  DEADLINE: 'missed their deadline',
};

/**
 * Asks Slurm's accounting why tasks of a run ended. Many clusters keep none; nothing is known then.
 * @param name of all jobs of the run
 * @returns sentences such as "3 tasks ran out of memory (OUT_OF_MEMORY)."
 */
export async function accountedTroubles(name: string): Promise<string[]> {
  try {
    const args = ['--noheader', '--parsable2', '--allocations', `--name=${name}`, '--format=State'];
    return troublesIn(await slurm('sacct', args));
  } catch (error) {
    // Without accounting, or without the command, the logs have to tell.
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** @param states one per line, as sacct prints them: "CANCELLED by 1000" */
export function troublesIn(states: string): string[] {
  const counts = new Map<string, number>();
  for (const line of states.split('\n')) {
    const [state] = line.trim().split(' ');
    if (state in TROUBLES) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].map(
    ([state, count]) => `${count} ${count === 1 ? 'task' : 'tasks'} ${TROUBLES[state]} (${state}).`,
  );
}
