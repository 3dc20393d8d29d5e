import { slurm } from './command';

export interface JobRequest {
  name: string;
  /** Words of the command line that each task runs. */
  command: readonly string[];
  /** Folder of what the tasks print. */
  logs: string;
  /** Number of tasks of an array, and most of them at once; null for a single job. */
  array: { tasks: number; atOnce: number | null } | null;
  /** The job that has to end first, in whatever way. */
  after: string | null;
  /** The user's further arguments, which win over ours. */
  extra: readonly string[];
}

/** Hands a job or an array to Slurm. @returns its id @throws UserError if Slurm refuses */
export async function submitJob({ name, command, logs, array, after, extra }: JobRequest): Promise<string> {
  const throttle = array?.atOnce ? `%${array.atOnce}` : '';
  const args = [
    '--parsable',
    `--job-name=${name}`,
    `--output=${logs}/${array ? '%A-%a' : '%j'}.txt`,
    '--open-mode=append',
    '--requeue',
    ...(array ? [`--array=0-${array.tasks - 1}${throttle}`] : []),
    ...(after === null ? [] : [`--dependency=afterany:${after}`]),
    ...extra,
  ];
  const answer = await slurm('sbatch', args, `#!/bin/bash\nexec ${command.map(quoted).join(' ')}\n`);
  // "--parsable" prints the id, and behind a semicolon the cluster where there are several.
  return answer.trim().split(';')[0];
}

/** Quotes a word for the shell. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Splits further arguments as a shell does: at blanks outside of quotes. */
export function wordsOf(text: string): string[] {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double: string, single: string) => double ?? single),
  );
}
