import { slurm } from './command';

export interface JobRequest {
  name: string;
  /** Words of the command line that each task runs. */
  command: readonly string[];
  /** Folder of what the tasks print. */
  logs: string;
  /** Number of tasks of an array, and most of them at once; null for a single job. */
  array: { tasks: number; atOnce: number | null } | null;
  /**
   * Processes of a job that run at once, on one node each where there are so many. `failure` is the file that they write
   * where starting again would not help.
   */
  ranks?: { count: number; failure: string };
  /** The job that has to end first, in whatever way. */
  after: string | null;
  /** The user's further arguments, which win over ours. */
  extra: readonly string[];
}

/** Hands a job or an array to Slurm. @returns its id @throws UserError if Slurm refuses */
export async function submitJob({ name, command, logs, array, ranks, after, extra }: JobRequest): Promise<string> {
  const throttle = array?.atOnce ? `%${array.atOnce}` : '';
  const args = [
    '--parsable',
    `--job-name=${name}`,
    `--output=${logs}/${array ? '%A-%a' : '%j'}.txt`,
    '--open-mode=append',
    '--requeue',
    ...(array ? [`--array=0-${array.tasks - 1}${throttle}`] : []),
    ...(ranks === undefined ? [] : [`--ntasks=${ranks.count}`]),
    ...(after === null ? [] : [`--dependency=afterany:${after}`]),
    ...extra,
  ];
  const words = command.map(quoted).join(' ');
  const answer = await slurm(
    'sbatch',
    args,
    `#!/bin/bash\n${ranks === undefined ? `exec ${words}` : gangScript(words, ranks.failure)}\n`,
  );
  // "--parsable" prints the id, and behind a semicolon the cluster where there are several.
  return answer.trim().split(';')[0];
}

/** A job of ranks is started again so often after one of them was lost. */
const RESTARTS = 3;

/**
 * Starts all ranks in one step, which ends when one of them fails. Slurm starts a job again by itself only where a node
 * died, so the script asks for it where a rank did. The code of the step is the largest of all ranks, also of those that
 * were killed because another failed, so a file tells what cannot be helped.
 */
const gangScript = (words: string, failure: string): string =>
  `srun --kill-on-bad-exit=1 ${words}
code=$?
if [ $code -ne 0 ] && [ ! -e ${quoted(failure)} ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${RESTARTS} ]; then scontrol requeue "$SLURM_JOB_ID"; sleep 60; fi
exit $code`;

/** Quotes a word for the shell. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Splits further arguments as a shell does: at blanks outside of quotes. */
export function wordsOf(text: string): string[] {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double: string, single: string) => double ?? single),
  );
}
