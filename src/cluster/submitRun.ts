import type { ClusterPlan } from './plan';
import { wavesOf } from './plan';
import type { RunFolder, Submission } from './runFolder';
import { largestArray } from './slurm/queue';
import { submitJob } from './slurm/submit';

/** A task should run for about a minute at least, because starting one takes seconds. */
const TASK_SECONDS = 60;

/** A run as a person names it. */
export const runName = ({ id }: Pick<ClusterPlan, 'id'>): string => id.slice(0, 12);

/** The name of all jobs of a run, by which the queue is searched. */
export const jobName = (id: string): string => `ridgeline-${runName({ id })}`;

/**
 * Hands the parts that are missing to Slurm: an array for each wave, each after the one before, and at the end the job
 * that gathers them. The gatherer starts even if tasks fail.
 * @throws UserError if Slurm refuses
 */
export async function submitMissing(
  folder: RunFolder,
  plan: ClusterPlan,
  missing: ReadonlySet<number>,
  { jobs, sbatch, again = false }: Pick<Submission, 'jobs' | 'sbatch' | 'again'>,
): Promise<Submission> {
  const most = missing.size > 0 ? await largestArray() : 1;
  const before = await folder.submissions();
  const number = Math.max(0, ...before.map((submission) => submission.number)) + 1;
  const waves = wavesOf(plan).flatMap((wave) => {
    const parts = plan.parts.flatMap((part, i) => (part.wave === wave && missing.has(i) ? [i] : []));
    return parts.length === 0 ? [] : [{ wave, parts, tasks: tasksFor(parts, plan, { most, jobs }) }];
  });
  const submission: Submission = {
    number,
    submitted: new Date().toISOString(),
    waves,
    jobs,
    sbatch: [...sbatch],
    again,
  };
  // Tasks read which parts are theirs, so the file is there before they start.
  await folder.addSubmission(submission);
  const name = jobName(plan.id);
  const command = [plan.program.node, plan.program.script, 'part', folder.path, String(number)];
  const { logs } = folder;
  if (plan.gang) {
    const count = Math.min(jobs ?? plan.gang.shards, plan.gang.shards);
    const ranks = { count, failure: folder.failurePath('gather') };
    const asRank = [plan.program.node, plan.program.script, 'rank', folder.path];
    await submitJob({ name, command: asRank, logs, array: null, ranks, after: null, extra: sbatch });
    return submission;
  }
  let after: string | null = null;
  for (const { wave, tasks } of waves) {
    const array = { tasks, atOnce: jobs };
    after = await submitJob({ name, command: [...command, String(wave)], logs, array, after, extra: sbatch });
  }
  await submitJob({ name, command: [...command, 'gather'], logs, array: null, after, extra: sbatch });
  return submission;
}

/** Tasks of an array: each takes a minute or more, unless that leaves jobs without work. */
function tasksFor(
  parts: readonly number[],
  plan: ClusterPlan,
  { most, jobs }: { most: number; jobs: number | null },
): number {
  const seconds = parts.reduce((sum, part) => sum + plan.parts[part].seconds, 0);
  const wanted = Math.max(Math.ceil(seconds / TASK_SECONDS), jobs ?? 1);
  return Math.min(parts.length, wanted, most);
}

/** The parts of one task of an array: every `tasks`-th, so that parts of one kind are spread. */
export function partsOfTask({ parts, tasks }: Submission['waves'][number], task: number): number[] {
  return parts.filter((_, i) => i % tasks === task);
}
