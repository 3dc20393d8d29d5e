import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterPlan, ClusterRequest } from '../../cluster/plan';
import { RunFolder, runsFolder } from '../../cluster/runFolder';
import type { Submission } from '../../cluster/runFolder';
import { requireIdle, runState } from '../../cluster/runState';
import type { RunState } from '../../cluster/runState';
import { accountedTroubles } from '../../cluster/slurm/accounting';
import { cancelJobs, queuedJobs } from '../../cluster/slurm/queue';
import { wordsOf } from '../../cluster/slurm/submit';
import { jobName, runName, submitMissing } from '../../cluster/submitRun';
import { UserError } from '../../errors';
import { cacheFolder } from '../../options/cacheFolder';
import type { AnalysisOptions } from '../../options/options';
import { pathsBelow } from '../../options/sidecar';
import type { AnalysisNote, Progress } from '../../protocol/worker';
import { reportFromJson } from '../../report/json';
import type { Report } from '../../report/report';
import { counted, formatCount } from '../../text/counts';
import { checkpointFiles } from '../path/checkpointFiles';
import { readGangPlan, writeGangPlan } from '../gang/gangPlan';
import { planRun } from './planRun';

export interface ClusterHooks {
  /** Folder that holds the runs, on a file system that all machines share. Default: the system's folder of caches. */
  cache?: string;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  onNote?: (note: AnalysisNote) => void;
}

type Settings = Pick<Submission, 'jobs' | 'sbatch'>;

/** How the options ask for tasks. */
export const clusterSettings = ({ jobs, sbatch = '' }: AnalysisOptions): Settings => ({
  jobs: jobs ?? null,
  sbatch: wordsOf(sbatch),
});

/**
 * Measures on a cluster: plans the run, hands its parts to Slurm and waits for the report. If the same run is there
 * already, its report is taken, or it is continued. When the signal aborts, the jobs are cancelled; the parts stay.
 * @throws UserError when models, data or options are at fault, Slurm refuses, or the run ends without a report
 */
export async function runOnCluster(
  { command, places, options }: ClusterRequest,
  settings: Settings,
  hooks: ClusterHooks,
): Promise<Report> {
  hooks.onProgress?.({ stage: 'Planning', fraction: 0 });
  const plan = await planRun({
    command,
    places: places.map((place) => resolve(place)),
    options: pathsBelow(process.cwd(), options, 'command line'),
  });
  const folder = new RunFolder(join(runsFolder(hooks.cache ?? cacheFolder()), plan.id.slice(0, 16)));
  const before = options.fresh ? await startAnew(folder, plan) : null;
  await createFolder(folder, plan);
  if (plan.gang) await planGang(folder, plan, settings);
  const { phase } = before ?? (await stateAsked(folder, plan));
  const words: Partial<Record<RunState['phase'], string>> = {
    finished: 'Found the report of this run on the cluster.',
    running: 'This run is under way on the cluster.',
    waiting: 'This run waits for machines of the cluster.',
  };
  const text = words[phase] ?? `Run ${runName(plan)}: ${counted(plan.parts.length, 'part')}.`;
  hooks.onNote?.({ kind: phase === 'finished' ? 'found' : 'told', text });
  const report = await continueRun(folder, settings, hooks);
  return asWritten(report, { command, places, options });
}

/** Writes what the ranks read, once. The first start decides how many shards a rank is expected to hold. */
async function planGang(folder: RunFolder, { request, gang }: ClusterPlan, { jobs }: Settings): Promise<void> {
  const { shards } = gang!;
  if (await readGangPlan(folder.path).catch(() => null)) return;
  const [model] = request.places;
  const together = Math.ceil(shards / Math.min(jobs ?? shards, shards));
  await writeGangPlan(folder.path, { model, options: request.options, shards, together });
}

/** The report with files and options as the user wrote them. */
async function asWritten(report: Report, { command, places, options }: ClusterRequest): Promise<Report> {
  const models = command === 'path' ? (await checkpointFiles(places)).map(({ path }) => path) : places;
  const written = new Map(models.map((path) => [resolve(path), path]));
  const nameOf = (path: string): string => written.get(path) ?? path;
  const { model, comparison, path } = report;
  return {
    ...report,
    model: { ...model, path: nameOf(model.path) },
    ...(comparison && {
      comparison: {
        ...comparison,
        models: comparison.models.map((each) => ({ ...each, path: nameOf(each.path) })),
      },
    }),
    ...(path && {
      path: { ...path, checkpoints: path.checkpoints.map((each) => ({ ...each, file: nameOf(each.file) })) },
    }),
    provenance: { ...report.provenance, options },
  };
}

/** Forgets what a run has measured. @throws UserError if its jobs still run */
async function startAnew(folder: RunFolder, plan: ClusterPlan): Promise<null> {
  await requireIdle(folder, plan);
  await folder.remove();
  return null;
}

async function createFolder(folder: RunFolder, plan: ClusterPlan): Promise<void> {
  try {
    await folder.create(plan);
  } catch (error) {
    throw new UserError(
      {
        what: `The folder of the run cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
        where: [folder.path],
        action: 'Choose a folder for the runs that you may write and that all machines of the cluster share.',
      },
      { cause: error },
    );
  }
}

/** Submits what is missing, unless jobs of the run are in the queue, and waits for the report. */
export async function continueRun(folder: RunFolder, settings: Settings, hooks: ClusterHooks): Promise<Report> {
  const plan = await folder.plan();
  const { phase } = await stateAsked(folder, plan);
  if (phase === 'stopped' || phase === 'cancelled') {
    const there = await folder.partsThere();
    const missing = new Set(plan.parts.flatMap((_, i) => (there.has(i) ? [] : [i])));
    await folder.markCancelled(false);
    await folder.forgetFailure('gather');
    await submitMissing(folder, plan, missing, settings);
  }
  return awaitReport(folder, plan, hooks);
}

/** Where a run stands for a user who asks for it again. A partial report is dropped: what lacks is measured once more. */
async function stateAsked(folder: RunFolder, plan: ClusterPlan): Promise<RunState> {
  const state = await runState(folder, plan, await queuedJobs());
  if (state.phase !== 'finished') return state;
  const { cluster } = reportFromJson((await folder.report())!);
  if (!cluster || cluster.measured === cluster.parts) return state;
  await folder.removeReport();
  return { ...state, phase: 'stopped' };
}

/** Slurm's controller serves everyone, so it is asked every few seconds only. */
const ASK_SECONDS = 3;
/** So often in a row a run must look as if it had stopped, because a folder on NFS may lag behind. */
const SURE = 3;
/** Share of the progress that the parts take; the gatherer takes the rest. */
const PARTS_SHARE = 0.8;

async function awaitReport(
  folder: RunFolder,
  plan: ClusterPlan,
  { signal, onProgress }: ClusterHooks,
): Promise<Report> {
  for (let stopped = 0; stopped < SURE;) {
    if (signal?.aborted) {
      await cancelRun(folder, plan);
      signal.throwIfAborted();
    }
    const state = await runState(folder, plan, await queuedJobs());
    if (state.phase === 'finished') return reportFromJson((await folder.report())!);
    stopped = state.phase === 'stopped' || state.phase === 'cancelled' ? stopped + 1 : 0;
    onProgress?.(await progressOf(folder, state));
    await delay(ASK_SECONDS * 1000, undefined, { signal }).catch(() => undefined);
  }
  const { failures, parts } = await runState(folder, plan, []);
  const reasons = await accountedTroubles(jobName(plan.id));
  throw new UserError({
    what: (await folder.isCancelled())
      ? 'The run was cancelled.'
      : `The run ended without a report${parts.total > 0 ? `; ${formatCount(parts.done)} of ${counted(parts.total, 'part')} are there` : ''}.`,
    where: [...reasons, ...(failures.length > 0 ? failures : [folder.logs])],
    action: 'The logs of the run say why. The same command continues it.',
  });
}

async function progressOf(folder: RunFolder, { parts, tasks, fraction }: RunState): Promise<Progress> {
  const running = `${counted(tasks.running, 'task')} running, ${formatCount(tasks.waiting)} waiting`;
  if (parts.done < parts.total) {
    const detail = `${formatCount(parts.done)} of ${counted(parts.total, 'part')}, ${running}`;
    return { stage: 'On the cluster', detail, fraction: PARTS_SHARE * fraction };
  }
  const gathering = await folder.gathering();
  if (parts.total === 0) {
    const { stage = 'On the cluster', detail = running, fraction: done = 0 } = gathering ?? {};
    return { stage, detail, fraction: done };
  }
  return {
    stage: gathering ? `Gathering: ${gathering.stage}` : 'Gathering',
    detail: gathering?.detail ?? running,
    fraction: PARTS_SHARE + (1 - PARTS_SHARE) * (gathering?.fraction ?? 0),
  };
}

/** Cancels the jobs of a run. Its parts stay, and the same command continues it. */
export async function cancelRun(folder: RunFolder, plan: ClusterPlan): Promise<void> {
  await folder.markCancelled(true);
  await cancelJobs(jobName(plan.id));
}
